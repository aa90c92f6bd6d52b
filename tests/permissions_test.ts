import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { fromFileUrl, join } from "@std/path";
import { Checkout, page, runLine, Running } from "./helpers/checkout.ts";
import { barrierMs } from "./helpers/patience.ts";
import { ownCredentials } from "./helpers/tls_scene.ts";

const root = fromFileUrl(new URL("../", import.meta.url));

let copy: Promise<Checkout> | undefined;
Deno.test.afterAll(async () => await (await copy)?.[Symbol.asyncDispose]());

/** A copy that no server has been used in; each test has the same, after the one before. */
async function unused(): Promise<Checkout> {
  return await (await (copy ??= Checkout.make())).emptied();
}

/** The first line that a server prints, run by a shell that got `line` typed in `cwd`. */
async function firstLine(line: string, cwd: string): Promise<string> {
  await using running = new Running(line, cwd);
  const { value } = await deadline(running.lines.read(), barrierMs);
  return value ?? "";
}

/** What a server says that doesn't start: the same line as the task's, where a user stood in `cwd`. */
async function refusal(checkout: Checkout, args: readonly string[], cwd: string): Promise<string> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "-P=server", "server.ts", ...args],
    cwd: checkout.folder,
    env: { INIT_CWD: cwd, NO_COLOR: "1" },
  }).output();
  assertEquals(code, 2);
  return new TextDecoder().decode(stderr);
}

/** The line that a refusal prints to be pasted. */
function lineIn(text: string): string {
  const line = text.split("\n").find((line) => /^ {2}\S/.test(line));
  assert(line !== undefined, text);
  return line.trim();
}

const listening = /^Listening on 127\.0\.0\.1:\d+$/;

Deno.test("the task's server listens and serves the page with nothing but its own permissions", async () => {
  const checkout = await unused();
  await using running = new Running(
    "deno task -q server -- --port 0 --web-port 0",
    checkout.folder,
  );
  const { value: first } = await deadline(running.lines.read(), barrierMs);
  assertMatch(first ?? "", listening);
  assert((await Deno.stat(join(checkout.folder, "data"))).isDirectory);
  const lines: string[] = [];
  let url: string | undefined;
  while (url === undefined) {
    const { value } = await deadline(running.lines.read(), barrierMs);
    assert(value !== undefined, lines.join("\n"));
    lines.push(value);
    url = /^In a browser: +(http:\S+)$/.exec(value)?.[1];
  }
  const answer = await fetch(url);
  assertEquals(await answer.text(), page);
  const socket = new WebSocket(`${url.replace("http", "ws")}ws`);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});

Deno.test("a folder elsewhere is refused with a line that works when pasted", async () => {
  const checkout = await unused();
  const { folder, elsewhere } = checkout;
  const data = join(elsewhere, "it's");
  const text = await refusal(checkout, ["--port=0", "--no-web", "--data", data], folder);
  assertStringIncludes(text, `Cannot read "${data}"`);
  assertMatch(await firstLine(lineIn(text), folder), listening);
  assert((await Deno.stat(data)).isDirectory);
});

Deno.test("a certificate elsewhere is refused with a line that works when pasted", async () => {
  const checkout = await unused();
  const { folder, elsewhere } = checkout;
  using _made = await ownCredentials(elsewhere);
  const [cert, key] = ["tls.crt", "tls.key"].map((name) => join(elsewhere, name));
  const args = ["--port=0", "--no-web", "--cert", cert, "--key", key];
  const text = await refusal(checkout, args, folder);
  assertStringIncludes(text, `Cannot read "${cert}", read "${key}"`);
  assertMatch(await firstLine(lineIn(text), folder), listening);
});

Deno.test("a server makes a certificate with nothing but its own permissions", async () => {
  const checkout = await unused();
  const line = await firstLine(runLine("server", "--port 0 --no-web --tls"), checkout.folder);
  assertMatch(line, listening);
  const { mode } = await Deno.stat(join(checkout.folder, "data", "tls.key"));
  assertEquals(mode! & 0o777, 0o600);
});

Deno.test("the line works where the user stands, in another folder than the task runs in", async () => {
  const checkout = await unused();
  const { elsewhere } = checkout;
  const text = await refusal(checkout, ["--port=0", "--files", join(elsewhere, "f")], elsewhere);
  assertMatch(await firstLine(lineIn(text), elsewhere), listening);
});

Deno.test("an address of no grant is refused with a line that works when pasted", async () => {
  const checkout = await unused();
  const text = await refusal(
    checkout,
    ["--host=127.0.0.3", "--port=0", "--no-web"],
    checkout.folder,
  );
  const line = await firstLine(lineIn(text), checkout.folder);
  assertMatch(line, /^Listening on 127\.0\.0\.3:\d+$/);
});

Deno.test("a config file elsewhere is refused with a line that works when pasted", async () => {
  const checkout = await unused();
  const config = join(checkout.elsewhere, "my config.jsonc");
  await Deno.writeTextFile(config, '{"port": 0, "web": false} // any port');
  const text = await refusal(checkout, ["--config", config], checkout.folder);
  assertMatch(await firstLine(lineIn(text), checkout.folder), listening);
});

Deno.test("a start prints a line that opens the server to others when it is pasted", async () => {
  const checkout = await unused();
  let line: string | undefined;
  // Two servers can't have one folder of messages: this one ends first.
  {
    await using running = new Running(runLine("server", "--port 0 --no-web"), checkout.folder);
    while (line === undefined) {
      const { value } = await deadline(running.lines.read(), barrierMs);
      assert(value !== undefined);
      line = /^Open to others: (.+)$/.exec(value)?.[1];
    }
  }
  // Only the task's own echo of its command goes to the other stream.
  assertMatch(await firstLine(line, checkout.folder), /^Listening on 0\.0\.0\.0:\d+$/);
});

/** Attempts by what they try; each is an expression that throws, or rejects, where it may not. */
const attempts = {
  "read outside": 'Deno.readTextFileSync("/etc/hostname")',
  "write outside": 'Deno.writeTextFileSync("/tmp/parley-no.txt", "")',
  "write its own source": 'Deno.writeTextFileSync("./lib/log.ts", "", { append: true })',
  "write its settings": 'Deno.writeTextFileSync("./deno.json", "", { append: true })',
  "read a variable": 'Deno.env.get("PATH")',
  "list variables": "Deno.env.toObject()",
  "run a program": 'new Deno.Command("true").outputSync()',
  "load a library": 'Deno.dlopen("libc.so.6", {})',
  "ask for the host name": "Deno.hostname()",
  "dial out": 'await Deno.connect({ hostname: "192.0.2.1", port: 80 })',
  "resolve a name": 'await Deno.resolveDns("example.org", "A")',
  "open a database outside":
    'new (await import("node:sqlite")).DatabaseSync("/tmp/parley-no.db").exec("create table a (b)")',
} as const;
type Attempt = keyof typeof attempts;

/** Which attempts Deno stops in a process with one of deno.json's sets. */
async function stopped(
  set: "server" | "admin" | "client" | "gui",
  names: readonly Attempt[],
): Promise<unknown> {
  const tries = names.map((name) =>
    `try { ${attempts[name]}; } catch (error) {
       if (error instanceof Deno.errors.NotCapable) stopped.push(${JSON.stringify(name)});
     }`
  );
  const script = `const stopped = [];\n${tries.join("\n")}\nconsole.log(JSON.stringify(stopped));`;
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(file, script);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", "--config", join(root, "deno.json"), `-P=${set}`, file],
      cwd: root,
      stderr: "inherit",
    }).output();
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("a bug in the server reaches nothing beyond its permissions", async () => {
  const all = Object.keys(attempts) as Attempt[];
  assertEquals(await stopped("server", all), all);
});

Deno.test("a bug in what looks after a server reaches nothing beyond its permissions", async () => {
  const all = Object.keys(attempts) as Attempt[];
  assertEquals(await stopped("admin", all), all);
});

Deno.test("a bug in the client reaches nothing on the machine beyond its permissions", async () => {
  // It dials what its user types.
  const all = (Object.keys(attempts) as Attempt[]).filter((name) =>
    name !== "dial out" && name !== "resolve a name"
  );
  assertEquals(await stopped("client", all), all);
});

Deno.test("a bug in the window's program reaches nothing beyond its permissions", async () => {
  // It looks whether the server is there that its user names.
  const all = (Object.keys(attempts) as Attempt[]).filter((name) =>
    name !== "dial out" && name !== "resolve a name"
  );
  assertEquals(await stopped("gui", all), all);
});
