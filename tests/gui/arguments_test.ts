import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { helpText, readArguments, UsageError } from "../../lib/gui/arguments.ts";

const addresses: readonly [string, string][] = [
  ["", "http://127.0.0.1:8080/"],
  ["-- --host 192.168.1.20", "http://192.168.1.20:8080/"],
  ["192.168.1.20", "http://192.168.1.20:8080/"],
  ["--host=school --port=8181", "http://school:8181/"],
  ["school -p 80", "http://school/"],
  ["school:8181", "http://school:8181/"],
  ["school:80", "http://school/"],
  ["::1", "http://[::1]:8080/"],
  ["[::1]:8181", "http://[::1]:8181/"],
  ["fe80::1 --port 80", "http://[fe80::1]/"],
  ["http://192.168.1.20:8080/", "http://192.168.1.20:8080/"],
  ["http://school/", "http://school/"],
  ["https://school:8443", "https://school:8443/"],
];

for (const [args, url] of addresses) {
  Deno.test(`readArguments() takes "${args}" for ${url}`, () => {
    assertEquals(readArguments(args.split(" ").filter(Boolean)), { is: "page", url });
  });
}

Deno.test("readArguments() takes who one is", () => {
  const page = { is: "page", url: "http://school:8080/" } as const;
  assertEquals(readArguments(["school", "--user", "Zoë B"]), { ...page, user: "Zoë B" });
  assertEquals(readArguments(["school", "-u", "Bob"]), { ...page, user: "Bob" });
});

const wrongs: readonly [string, RegExp][] = [
  ["--hots school", /There is no option "--hots": "--host" may be meant/],
  ["school other", /Cannot take "other": only HOST/],
  ["--host school other", /Cannot take "other": only HOST/],
  ["school --port 0", /Cannot take "0" for the port/],
  ["school --port 65536", /Cannot take "65536" for the port/],
  ["school --port x", /Cannot take "x" for the port/],
  ["school:1 --port 2", /Cannot take two ports: "1" and "2"/],
  ["--user=", /"--user" needs a value/],
  ["--host=", /Cannot take "" for the host/],
  ["http://school/else", /Cannot take "http:\/\/school\/else" for the host/],
  ["javascript:alert(1)", /for the host/],
  ["file:///etc/passwd", /for the host/],
  ["user@school", /for the host/],
];

for (const [args, sentence] of wrongs) {
  Deno.test(`readArguments() refuses "${args}"`, () => {
    const error = assertThrows(() => readArguments(args.split(" ")), UsageError);
    assertMatch(error.message, sentence);
  });
}

Deno.test("readArguments() gives help before it looks for mistakes", () => {
  assertEquals(readArguments(["--hots", "--help"]), { is: "help" });
  assertMatch(helpText("deno task gui"), /^Usage: deno task gui /);
});
