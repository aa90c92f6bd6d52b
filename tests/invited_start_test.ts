import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readAddress } from "../lib/chat_address.ts";
import { qrLines } from "../lib/config/qr.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { adminHere } from "./helpers/admin_program.ts";
import { counted, offer, share } from "./helpers/file_peer.ts";
import { Peer } from "./helpers/peer.ts";
import { qrTextOf } from "./helpers/qr_reader.ts";
import { requestsAbout, tellingHeaders } from "./helpers/requests_about.ts";
import { RealServer } from "./helpers/real_server.ts";

/** An address of this machine that isn't its loopback; without a network there is none. */
const outer = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;
const ignore = outer === undefined;

const invitation = /^Invitation: (\S+)/;
/** The last line of a code: what is printed last. */
const lastOfCode = /^▀+$/;

/** Somebody who comes over the network. */
async function fromOutside({ port }: RealServer): Promise<Peer> {
  return new Peer(await Deno.connect({ hostname: outer ?? "", port }));
}

/** What they are answered who say hello; nothing where the server ends meanwhile. */
async function coming(server: RealServer, hello: JsonObject): Promise<JsonObject> {
  const peer = await fromOutside(server);
  try {
    const answer = peer.ask({ t: "hello", v: 1, ...hello });
    return await Promise.race([answer, peer.end().then(() => ({}))]);
  } finally {
    peer.close();
  }
}

/** That guests who come over HTTP need the invitation, in a header or the query. */
async function needIt(server: RealServer, invite: string): Promise<void> {
  const base = `http://${outer}:${server.webPort}`;
  const say = async (query: string, headers: Record<string, string> = {}) => {
    const body = "hello";
    const answer = await fetch(`${base}/say/lobby?${query}`, { method: "POST", body, headers });
    const { code } = await answer.json();
    return code === undefined ? answer.status : [answer.status, code];
  };
  assertEquals(await say("user=ci"), [403, "bad_invite"]);
  assertEquals(await say("user=ci&invite=wrong"), [403, "bad_invite"]);
  assertEquals(await say(`user=ci&invite=${invite}`), 200);
  assertEquals(await say("user=ci", { "parley-invite": invite }), 200);
  const socket = new WebSocket(`${base.replace("http", "ws")}/ws`);
  const answers: Record<string, unknown>[] = [];
  await new Promise((resolve, reject) => {
    socket.onerror = reject;
    socket.onopen = () => socket.send('{"t":"hello","v":1,"user":"Eve","id":1}\n');
    socket.onmessage = ({ data }) => {
      answers.push(...String(data).trim().split("\n").map((line) => JSON.parse(line)));
      if (answers.length === 1) {
        socket.send(JSON.stringify({ t: "hello", v: 1, user: "Eve", invite, id: 2 }));
      } else resolve(undefined);
    };
  });
  socket.close();
  assertEquals(answers.slice(0, 2).map(({ t, code }) => code ?? t), ["bad_invite", "ok"]);
}

Deno.test("qrLines() draws a code that a camera reads, with colours as without", () => {
  const link = "http://192.168.1.7:8080/#invite=k7mp2x-wd34fg-hj56mn";
  const plain = qrLines(link, { isColoured: false });
  assertEquals(qrTextOf(plain), link);
  const coloured = qrLines(link, { isColoured: true });
  for (const line of coloured) assert(line.startsWith("\x1b[97;40m") && line.endsWith("\x1b[0m"));
  // deno-lint-ignore no-control-regex -- colours are what it looks for
  assertEquals(coloured.map((line) => line.replaceAll(/\x1b\[[\d;]*m/g, "")), plain);
});

Deno.test({
  name: "a server on the network prints an invitation once, and lets in whoever has it",
  ignore,
  fn: async (test) => {
    await using server = await RealServer.start({ web: true, args: ["--host=0.0.0.0"] });
    await server.printed(lastOfCode);
    const code = await server.printed(invitation);
    const address = await server.printed(/^Join: .* --user NAME (parley:\S+)/);
    assertEquals(readAddress(address), {
      host: outer ?? "",
      port: server.ports[0],
      isTls: false,
      invite: code,
    });
    const link = await server.printed(/^In a browser: (\S+)/);
    assertEquals(link, `http://${outer}:${server.webPorts[0]}/#invite=${code}`);
    assertEquals(qrTextOf(server.lines.filter((line) => /^[ █▀▄]+$/.test(line))), link);

    assertEquals((await coming(server, { user: "Eve" })).code, "bad_invite");
    assertEquals((await coming(server, { user: "Eve", invite: "wrong" })).code, "bad_invite");
    const came = await coming(server, { user: "Alice", invite: code });
    assertEquals(came.t, "ok");
    await server.join("Local");

    await server.stop("SIGTERM");
    server.lines.length = 0;
    await server.start();
    await server.printed(/^Who is new needs an invitation/);
    assert(!server.lines.join("").includes(code));
    assertEquals((await coming(server, { token: came.token })).user, "Alice");
    assertEquals((await coming(server, { user: "Bob", invite: code })).t, "ok");
    assertEquals((await coming(server, { user: "Carol" })).code, "bad_invite");

    const kept = await Deno.readFile(join(server.data, "parley.db"));
    const text = new TextDecoder("latin1").decode(kept);
    assert(!text.includes(code) && !text.includes(code.replaceAll("-", "")));

    await test.step("guests over HTTP need the invitation, too, in a header or the query", () =>
      needIt(server, code));
  },
});

Deno.test({
  name: "of those who come at once each takes one use, also where the server is killed meanwhile",
  ignore,
  fn: async () => {
    const uses = 20;
    await using server = await RealServer.start({ args: ["--host=0.0.0.0"] });
    const invite = await invitationFor(server, uses);
    let answered = 0;
    const reached = Promise.withResolvers<void>();
    const comeAll = (prefix: string, length: number) =>
      Array.from({ length }, async (_, at) => {
        const { t } = await coming(server, { user: `${prefix}${at}`, invite });
        if (t === "ok" && ++answered === 5) reached.resolve();
        return t;
      });
    const first = Promise.allSettled(comeAll("a", 3 * uses));
    await reached.promise;
    await server.kill();
    await first;
    await server.start();
    const local = await server.join("Local");
    const { users } = await local.ok({ t: "users", limit: 200 });
    assert(Array.isArray(users));
    const kept = users.length - 1;
    assert(answered >= 5 && answered <= uses, `${answered} were let in`);
    // Who wasn't answered may be there as well; of several nodes also who was one too many.
    assert(kept >= answered && kept <= uses * server.ports.length, `${kept} are there`);
    // Of codes that are no good, or not any more, one a second is answered.
    const second = await Promise.all(comeAll("b", Math.max(uses - kept, 0) + 5));
    assertEquals(second.filter((t) => t === "ok").length, Math.max(uses - kept, 0));
  },
});

/** Has the operator of a server that runs make an invitation. */
async function invitationFor({ folder, data }: RealServer, uses: number): Promise<string> {
  const words = ["invite", "--uses", `${uses}`, "--data", data, "--files", join(folder, "files")];
  const { code, out, err } = await adminHere(words);
  assertEquals([code, err], [0, ""]);
  return out.split("\n")[0];
}

Deno.test({
  name: "a server on the network lets everybody in with --open, and prints no invitation",
  ignore,
  fn: async () => {
    await using server = await RealServer.start({ args: ["--host=0.0.0.0", "--open"] });
    assertEquals((await coming(server, { user: "Alice" })).t, "ok");
    assert(!server.lines.some((line) => line.includes("nvitation")));
  },
});

Deno.test({
  name: "a stranger without an invitation is answered alike, whichever name, room or file is there",
  ignore,
  fn: async () => {
    await using server = await RealServer.start({ web: true, args: ["--host=0.0.0.0"] });
    const alice = await server.join("Alice");
    await alice.ok({ t: "join", room: "den" });
    const { file } = await share(alice, counted(100), { room: "den", name: "map.png" });
    const { transfer } = await offer(alice, counted(100), { room: "den" });
    const there = { user: "Alice", room: "den", ids: [String(file), String(transfer)] };
    const never = { user: "Nobod", room: "nil", ids: ["x".repeat(16), "y".repeat(16)] };
    const [one, other] = await Promise.all([there, never].map(async ({ user, room, ids }) => {
      const heard: string[] = [];
      const peer = await fromOutside(server);
      const commands = [
        { t: "hello", v: 1, user },
        { t: "hello", v: 1, user, invite: "k7mp2x-wd34fg-hj56mn" },
        { t: "hello", v: 1, user, password: "guess" },
        { t: "hello", v: 1, user, token: "guess" },
        { t: "join", room },
        { t: "history", room },
        { t: "fetch", file: ids[0], id: 9 },
        { t: "resume", transfer: ids[1] },
        { t: "say", room: `@${user}`, text: "x" },
      ];
      for (const command of commands) {
        const answer = await peer.ask(command);
        assertEquals(answer.t, "refused");
        heard.push(JSON.stringify({ ...answer, re: 0 }));
      }
      peer.close();
      for (const [path, init] of requestsAbout(room, ids[0], ids[1])) {
        for (const query of ["", `user=${user}`, `user=${user}&invite=k7mp2x`]) {
          const url = `http://${outer}:${server.webPort}${path}${path.includes("?") ? "&" : "?"}`;
          const answer = await fetch(`${url}${query}`, init);
          assert(answer.status >= 400, `${path} got ${answer.status}`);
          const headers = tellingHeaders(answer.headers);
          heard.push(JSON.stringify([answer.status, headers, await answer.text()]));
        }
      }
      const said = new RegExp([user, room, ...ids].join("|"), "g");
      return heard.map((text) => text.replaceAll(said, "IT"));
    }));
    assertEquals(one, other);
  },
});

Deno.test("who comes through a proxy on the server's machine needs an invitation, who is there doesn't", async () => {
  await using server = await RealServer.start({
    web: true,
    args: ["--proxy=127.0.0.1", "--web-names=chat.example.org"],
  });
  await server.printed(lastOfCode);
  const code = await server.printed(invitation);
  const drawn = server.lines.filter((line) => /^[ █▀▄]+$/.test(line));
  assertEquals(qrTextOf(drawn), `https://chat.example.org/#invite=${code}`);
  const say = async (query: string, headers: Record<string, string>) => {
    const url = `http://127.0.0.1:${server.webPort}/say/lobby?${query}`;
    const answer = await fetch(url, { method: "POST", body: "hello", headers });
    await answer.body?.cancel();
    return answer.status;
  };
  const passedOn: readonly Record<string, string>[] = [
    { "x-forwarded-for": "192.0.2.9" },
    { "x-real-ip": "127.0.0.1" },
    {},
  ];
  for (const headers of passedOn) {
    assertEquals(await say("user=ci", headers), 403, JSON.stringify(headers));
    assertEquals(await say(`user=ci&invite=${code}`, headers), 200, JSON.stringify(headers));
  }
  await server.join("Local");
});
