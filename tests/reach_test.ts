import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Need } from "../lib/config/reach.ts";
import { configOf, mistakeOf } from "./helpers/given_config.ts";

Deno.test("readConfig() needs no grant for a web port that isn't used", () => {
  const asked: string[] = [];
  const granted = (need: Need) => asked.push(need.what) > 0;
  configOf({ args: ["--no-web", "--web-port", "8181"], granted });
  assertEquals(asked.filter((what) => what.includes("8181")), []);
});

Deno.test("readConfig() prints the wider line with everything that was said anywhere", () => {
  const message = mistakeOf({
    args: ["--data", "/srv/it's here", "--port", "5000"],
    env: { PARLEY_NAME: "Our place" },
    files: { "parley.jsonc": '{"preset": "bench", "port": 6000}' },
    granted: ({ what }) => !what.startsWith("/srv"),
  });
  assertStringIncludes(
    message,
    `deno run -q --no-prompt --cached-only -P=server '--allow-read=./data,/srv/it'\\''s here' ` +
      `'--allow-write=./data,/srv/it'\\''s here' server.ts --preset=bench --port=5000 ` +
      `'--data=/srv/it'\\''s here' '--name=Our place'`,
  );
});

Deno.test("readConfig() prints the wider line for a config file that it may not read", () => {
  const message = mistakeOf({
    args: ["--", "--config", "/etc/parley.jsonc"],
    granted: ({ what }) => !what.startsWith("/etc"),
  });
  assertStringIncludes(
    message,
    "--allow-read=./data,/etc/parley.jsonc server.ts --config /etc/parley.jsonc",
  );
});

Deno.test("readConfig() asks for an address without its port, which may be any", () => {
  const message = mistakeOf({
    args: ["--host", "fe80::1", "--port", "0", "--open"],
    granted: ({ kind }) => kind !== "net",
  });
  assertStringIncludes(message, "'--allow-net=127.0.0.1,[fe80::1]' server.ts --host=fe80::1");
});

Deno.test("readConfig() asks to connect to each server of NATS, and to no other port of it", () => {
  const servers = "nats://127.0.0.1:4223,tls://me:secret@nats.example.org";
  const message = mistakeOf({
    args: ["--no-web", `--nats=${servers}`, "--nats-ca=/etc/nats.pem"],
    granted: ({ what, isDialled }) => !what.startsWith("/etc") && !isDialled,
  });
  assertStringIncludes(
    message,
    'Cannot read "/etc/nats.pem", connect to "127.0.0.1:4223", connect to "nats.example.org:4222"',
  );
  const net = "--allow-net=127.0.0.1,127.0.0.1:4223,nats.example.org:4222";
  assertStringIncludes(message, `--allow-read=./data,/etc/nats.pem ${net} server.ts`);
});

Deno.test("readConfig() asks to connect to the NATS of a variable, and leaves its secret there", () => {
  const message = mistakeOf({
    args: ["--no-web", "--nats-replicas=3"],
    env: { PARLEY_NATS: "nats://parley:secret@10.0.0.1", PARLEY_NAME: "Our place" },
    granted: ({ isDialled }) => !isDialled,
  });
  assertStringIncludes(message, "beside server.ts, and finds --nats where it stands now\n");
  const args = "--no-web '--name=Our place' --nats-replicas=3\n";
  assertStringIncludes(message, `--allow-net=127.0.0.1,10.0.0.1:4222 server.ts ${args}`);
});

Deno.test("readConfig() asks for no folder of files where NATS keeps them", () => {
  const asked: string[] = [];
  configOf({
    args: ["--nats=nats://127.0.0.1", "--nats-files=1GiB"],
    granted: ({ what }) => asked.push(what) > 0,
  });
  assertEquals(asked.includes("shared_files"), false);
});

Deno.test("readConfig() asks to connect to nothing where a server stands alone", () => {
  const asked: boolean[] = [];
  configOf({ granted: ({ isDialled }) => asked.push(isDialled ?? false) > 0 });
  assertEquals(asked.includes(true), false);
});
