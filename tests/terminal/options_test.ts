import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { optionsHelp, readArguments } from "../../lib/terminal/options.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";

const common = {
  host: "127.0.0.1",
  isTls: false,
  port: 5000,
  others: [],
  device: false,
  state: ".parley",
  json: false,
  bell: true,
  color: true,
  received: "received_files",
  take: { mode: "ask", bytesMax: 100_000_000 },
};
const chat = { ...common, is: "chat" };

const right: readonly [string, unknown][] = [
  ["", chat],
  ["-- --user Alice", { ...chat, user: "Alice" }],
  ["--user Alice", { ...chat, user: "Alice" }],
  ["--user=Alice", { ...chat, user: "Alice" }],
  ["-u Alice", { ...chat, user: "Alice" }],
  ["--username Alice", { ...chat, user: "Alice" }],
  ["example.org", { ...chat, host: "example.org" }],
  ["example.org 6000", { ...chat, host: "example.org", port: 6000 }],
  ["example.org:6000 -u A", { ...chat, host: "example.org", port: 6000, user: "A" }],
  ["--host example.org --port 6000", { ...chat, host: "example.org", port: 6000 }],
  ["example.org -p 6000", { ...chat, host: "example.org", port: 6000 }],
  ["[::1]:6000", { ...chat, host: "::1", port: 6000 }],
  ["localhost", { ...chat, host: "localhost" }],
  ["a,b:6000,[::1]", {
    ...chat,
    host: "a",
    others: [{ host: "b", port: 6000 }, { host: "::1", port: 5000 }],
  }],
  ["--host a,b --port 6000", {
    ...chat,
    host: "a",
    port: 6000,
    others: [{ host: "b", port: 6000 }],
  }],
  ["parley://example.org", { ...chat, host: "example.org" }],
  ["--host parleys://example.org", { ...chat, host: "example.org", isTls: true }],
  ["example.org --tls", { ...chat, host: "example.org", isTls: true }],
  ["example.org --ca a.pem", { ...chat, host: "example.org", isTls: true, ca: "a.pem" }],
  ["parleys://[::1]:6000/K7MP#7K3V-92MQ-X8PD-4WZN-AOBI", {
    ...chat,
    host: "::1",
    port: 6000,
    isTls: true,
    fingerprint: "7k3v-92mq-x8pd-4wzn-a0b1",
    invite: "K7MP",
  }],
  ["parleys://a/K7MP --invite wd34", { ...chat, host: "a", isTls: true, invite: "wd34" }],
  ["--host file", { ...chat, host: "file" }],
  ["files1", { ...chat, host: "files1" }],
  ["file 6000", { ...chat, host: "file", port: 6000 }],
  ["::1", { ...chat, host: "::1" }],
  ["--room #dev --no-bell --no-color", { ...chat, room: "dev", bell: false, color: false }],
  ["--json --device", { ...chat, json: true, device: true }],
  ["--state elsewhere", { ...chat, state: "elsewhere" }],
  ["send lobby hello there", { ...common, is: "send", to: "lobby", text: "hello there" }],
  ["-- send -u A @Bob hi", { ...common, user: "A", is: "send", to: "@Bob", text: "hi" }],
  ["send #dev", { ...common, is: "send", to: "dev" }],
  ["send dev up --cid b-17", { ...common, is: "send", to: "dev", text: "up", cid: "b-17" }],
  ["send dev -- -5 degrees", { ...common, is: "send", to: "dev", text: "-5 degrees" }],
  ["history dev", { ...common, is: "history", of: "dev", limit: 50 }],
  ["history @Bob -n 5 --json", { ...common, json: true, is: "history", of: "@Bob", limit: 5 }],
  ["upload a.txt b.txt", { ...common, is: "upload", paths: ["a.txt", "b.txt"], to: "lobby" }],
  ["upload a.txt --room #dev", { ...common, is: "upload", paths: ["a.txt"], to: "dev" }],
  ["upload a.txt --to Bob", { ...common, is: "upload", paths: ["a.txt"], to: "@Bob" }],
  ["download a.txt --room #dev", { ...common, is: "download", name: "a.txt", room: "dev" }],
  ["download a.txt", { ...common, is: "download", name: "a.txt" }],
  ["download -u A -1b2c3d4e5f6g7h8", {
    ...common,
    user: "A",
    is: "download",
    name: "-1b2c3d4e5f6g7h8",
  }],
  ["download --Qx_Zk3v7Lw9Yt2", { ...common, is: "download", name: "--Qx_Zk3v7Lw9Yt2" }],
  ["files", { ...common, is: "files" }],
  ["files @Bob --json", { ...common, json: true, is: "files", room: "@Bob" }],
  ["--take all --take-size 5MB --received here", {
    ...chat,
    take: { mode: "all", bytesMax: 5_000_000 },
    received: "here",
  }],
  ["--help", { is: "help" }],
  ["-h", { is: "help" }],
  ["--version", { is: "version" }],
];

for (const [line, wanted] of right) {
  Deno.test(`the arguments "${line}" are understood`, () => {
    assertEquals<unknown>(readArguments(line === "" ? [] : line.split(" ")), wanted);
  });
}

const wrong: readonly [string, RegExp][] = [
  ["--usr x", /^There is no option "--usr": "--user" may be meant$/],
  ["upload", /^Cannot upload: say which files, PATH…$/],
  ["upload a --room b --to c", /^Cannot upload to two places/],
  ["download", /^Cannot download: say which file/],
  ["download a b", /^Cannot take "b": one file at a time$/],
  ["--take some", /^Cannot take "some" for "--take": it must be ask, all, none$/],
  ["history dev --cid b-17", /^"--cid" has no meaning for anything but send$/],
  ["--to Bob", /^"--to" has no meaning for chatting$/],
  ["--zzzzzz", /^There is no option "--zzzzzz": --help lists what there is$/],
  ["--vers", /^There is no option "--vers": "--version" may be meant$/],
  ["sned lobby", /^There is no command "sned": did you mean "send"\? A host is named with --host$/],
  ["histroy a b", /^There is no command "histroy": did you mean "history"\? /],
  ["upolad", /^There is no command "upolad": did you mean "upload"\? /],
  ["file -u A", /^There is no command "file": did you mean "files"\? /],
  ["-x", /^There is no option "-x"/],
  ["-user x", /^There is no option "-user"/],
  ["--user", /^"--user" needs a value/],
  ["-p 0", /^Cannot take "0" for "-p": it must be a number from 1 to 65535$/],
  ["host port", /^Cannot take "port" for the port/],
  [
    "--device z host:5001",
    /"host:5001" for the port.*; "--device" has no value, so "z" is the host$/,
  ],
  ["--device -u z host port", /^Cannot take "port" for the port[^;]*$/],
  ["a 1 b", /^Cannot take "b"/],
  ["--host a b", /^Cannot take "b"/],
  ["a:1 2", /^Cannot take two ports/],
  ["a/b", /^Cannot take "a\/b" for the host/],
  ["--json=yes", /^Cannot take "--json=yes": --json has no value$/],
  ["--limit 5", /^"--limit" has no meaning for chatting$/],
  ["send", /^Cannot send: say where, ROOM or @USER$/],
  ["send @", /^Cannot send/],
  ["history", /^Cannot history/],
  ["history a b", /^Cannot take "b"/],
  ["history a --limit many", /^Cannot take "many" for "--limit"/],
];

for (const [line, sentence] of wrong) {
  Deno.test(`the arguments "${line}" are refused in one sentence`, () => {
    const { message } = assertThrows(() => readArguments(line.split(" ")), UsageError);
    assertMatch(message, sentence);
    assertEquals(message.includes("\n"), false);
  });
}

Deno.test("help names every option and the exit codes, on 100 columns", () => {
  const help = optionsHelp("client");
  for (const word of ["--user", "--device", "--no-bell", "send ROOM", "history", "Exit code"]) {
    assertStringIncludes(help, word);
  }
  for (const line of help.split("\n")) assertEquals(line.length <= 100, true, line);
});
