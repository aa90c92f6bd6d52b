import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runProgram } from "../helpers/client_program.ts";
import { ownCredentials } from "../helpers/tls_scene.ts";

/** A folder of programs which write down how they were started. */
class Programs implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async with(names: readonly string[]): Promise<Programs> {
    const folder = await Deno.makeTempDir();
    for (const name of names) {
      const script = `#!/bin/sh\nfor arg; do echo "$arg"; done > '${folder}/${name}.args'\n`;
      await Deno.writeTextFile(join(folder, name), script, { mode: 0o755 });
    }
    return new Programs(folder);
  }

  /** The arguments that a program got. */
  async argsOf(name: string): Promise<readonly string[]> {
    return (await Deno.readTextFile(join(this.folder, `${name}.args`))).trimEnd().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs the task's program where only these programs are installed. */
function gui(
  args: readonly string[],
  { path = "/nowhere", display = ":0" }: { path?: string; display?: string } = {},
) {
  const env = ["env", `PATH=${path}`, `DISPLAY=${display}`, "WAYLAND_DISPLAY="];
  const deno = [Deno.execPath(), "run", "-q", "--no-prompt", "-P=gui", "gui.ts"];
  return runProgram(["/usr/bin/env", ...env.slice(1), ...deno, ...args]);
}

/** Something that answers as a server's page does. */
function page(answer: () => Response = () => new Response("a page")) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
}

Deno.test("gui shows the page in an app window with a profile of its own", async () => {
  await using programs = await Programs.with(["chromium", "xdg-open"]);
  await using server = page();
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const { code, out } = await gui(["--port", String(server.addr.port)], { path: programs.folder });
  assertEquals([code, out], [0, "Opening an app window: chromium\n"]);
  const args = await programs.argsOf("chromium");
  assertEquals(args[0], `--app=${url}`);
  assertMatch(args[1], /^--user-data-dir=\/.*\/\.parley\/gui$/);
});

Deno.test("gui gives the page's form the name", async () => {
  await using programs = await Programs.with(["chromium"]);
  await using server = page();
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await gui([url, "--user", "Zoë B"], { path: programs.folder });
  assertEquals((await programs.argsOf("chromium"))[0], `--app=${url}#/as/Zo%C3%AB%20B`);
});

Deno.test("gui falls back to the usual browser", async () => {
  await using programs = await Programs.with(["xdg-open"]);
  await using server = page();
  const port = String(server.addr.port);
  assertEquals((await gui(["--port", port], { path: programs.folder })).code, 0);
  assertEquals(await programs.argsOf("xdg-open"), [`http://127.0.0.1:${port}/`]);
});

Deno.test("gui says the address where there is no browser, or no screen", async () => {
  await using programs = await Programs.with(["chromium"]);
  await using server = page();
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const nothing = await gui(["--port", String(server.addr.port)]);
  const blind = await gui([url], { path: programs.folder, display: "" });
  const sentence =
    `There is no browser here, or no screen for one, that could show it. Open this in one: ${url}\n`;
  assertEquals([nothing, blind].map(({ code, out }) => [code, out]), [[1, sentence], [
    1,
    sentence,
  ]]);
});

Deno.test("gui follows the port for chat to the page", async () => {
  await using programs = await Programs.with(["chromium"]);
  await using server = page();
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await using chat = page(() => Response.redirect(url));
  await gui(["--port", String(chat.addr.port)], { path: programs.folder });
  assertEquals((await programs.argsOf("chromium"))[0], `--app=${url}`);
});

Deno.test("gui says that the browser will ask where the server made its certificate", async () => {
  await using programs = await Programs.with(["chromium"]);
  using tls = await ownCredentials(programs.folder);
  const { cert, key } = tls.current;
  const silent = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve({ ...silent, cert, key }, () => new Response("a page"));
  const url = `https://127.0.0.1:${server.addr.port}/`;
  await using plain = page(() => Response.redirect(url));
  const { code, out } = await gui([url], { path: programs.folder });
  assertEquals(code, 0);
  assertMatch(out, /^Nobody .* vouches for the certificate of https:.*: the browser asks whether/);
  assertEquals((await programs.argsOf("chromium"))[0], `--app=${url}`);
  const sent = await gui(["--port", String(plain.addr.port)], { path: programs.folder });
  assertMatch(sent.out, /^Nobody .* vouches for the certificate of https:/);
});

Deno.test("gui says so when there is no server, or none of this kind", async () => {
  const free = page();
  const { port } = free.addr;
  await free.shutdown();
  const gone = await gui(["--port", String(port)]);
  assertEquals(gone.code, 3);
  assertStringIncludes(gone.err, `Cannot reach a server at http://127.0.0.1:${port}/: start one`);
  await using other = page(() => new Response("", { status: 404 }));
  const wrong = await gui(["--port", String(other.addr.port)]);
  assertEquals(wrong.code, 3);
  assertStringIncludes(wrong.err, "there is no page of Parley, it answers 404");
});

Deno.test("gui refuses arguments that it doesn't know", async () => {
  const { code, err } = await gui(["--hots", "school"]);
  assertEquals([code, err], [2, 'There is no option "--hots": "--host" may be meant\n']);
});
