/** The web port as scripts use it, with `curl`. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { runProgram } from "../helpers/client_program.ts";
import { share } from "../helpers/file_peer.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { Relay } from "../helpers/relay.ts";
import { someBytes } from "../helpers/transfer_scene.ts";

const MiB = 1024 * 1024;

/** A server, who is there, and `curl` with their token. */
class Scene implements AsyncDisposable {
  private constructor(readonly server: RealServer, readonly alice: Peer) {}

  static async start(): Promise<Scene> {
    const server = await RealServer.start({ web: true });
    return new Scene(server, await server.join("Alice"));
  }

  /** Runs `curl` to its end; its exit code, and what it has written. */
  curl(...args: readonly string[]) {
    return runProgram(["curl", "-sS", ...args]);
  }

  /** The same as Alice. */
  asAlice(...args: readonly string[]) {
    return this.curl("-H", `Authorization: Bearer ${this.alice.token}`, ...args);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.server.webPort}${path}`;
  }

  at(name: string): string {
    return join(this.server.folder, name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

/** What is done, on one server. */
const deeds: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "curl fetches a file, a piece of it, and nothing that it has": async (scene) => {
    const bytes = someBytes(3 * MiB);
    const { file } = await share(scene.alice, bytes, { name: "much.bin" });
    const [url, to, tag] = [scene.url(`/files/${file}/much.bin`), scene.at("got"), scene.at("tag")];
    assertEquals((await scene.asAlice("-o", to, "--etag-save", tag, url)).code, 0);
    assertEquals(await Deno.readFile(to), bytes);
    assertEquals((await scene.asAlice("-o", to, "-r", "1000000-2000000", url)).code, 0);
    assertEquals(await Deno.readFile(to), bytes.subarray(1_000_000, 2_000_001));
    const again = await scene.asAlice("-w", "%{http_code}", "--etag-compare", tag, url);
    assertEquals(again.out, "304");
    const head = await scene.asAlice("-I", url);
    assertMatch(head.out, /^content-length: 3145728\r$/im);
  },
  "curl -C - goes on where it was cut off": async (scene) => {
    const bytes = someBytes(20 * MiB);
    const { file } = await share(scene.alice, bytes, { name: "more.bin" });
    await using line = new Relay(scene.server.webPort, 40 * MiB);
    const [url, to] = [`http://127.0.0.1:${line.port}/files/${file}/more.bin`, scene.at("more")];
    for (const cut of [4 * MiB, 9 * MiB]) {
      const run = scene.asAlice("-C", "-", "-o", to, url);
      await line.until("down", cut);
      line.cut();
      assert((await run).code > 0);
    }
    const { size } = await Deno.stat(to);
    assert(size > 0 && size < bytes.length);
    assertEquals((await scene.asAlice("-C", "-", "-o", to, url)).code, 0);
    assertEquals(await Deno.readFile(to), bytes);
  },
  "curl -T shares a file under its name": async (scene) => {
    const bytes = someBytes(5 * MiB);
    const path = scene.at("notes 1.pdf");
    await Deno.writeFile(path, bytes);
    const { code, out } = await scene.asAlice("-T", path, scene.url("/drop/lobby/"));
    assertEquals(code, 0);
    const { url, name } = JSON.parse(out);
    assertEquals(name, "notes 1.pdf");
    assertEquals((await scene.asAlice("-o", scene.at("got"), scene.url(url))).code, 0);
    assertEquals(await Deno.readFile(scene.at("got")), bytes);
    const other = await scene.curl(
      "-w",
      "%{http_code}",
      "-T",
      path,
      scene.url("/drop/lobby/a?user=builder"),
    );
    assertEquals(other.out.slice(-3), "201");
    const refused = await scene.curl("-w", "%{http_code}", "-T", path, scene.url("/drop/lobby/a"));
    assertEquals(refused.out.slice(-3), "401");
    const piped = await scene.asAlice("-w", "%{http_code}", "-T", "-", scene.url("/drop/lobby/a"));
    assertEquals(piped.out.slice(-3), "411");
  },
  "curl -d says something": async (scene) => {
    const say = scene.url("/say/lobby");
    assertEquals((await scene.asAlice("-f", "-d", "the build & all is done", say)).code, 0);
    assertEquals((await scene.alice.next("said")).text, "the build & all is done");
    await Deno.writeTextFile(scene.at("text"), "one\ntwo\n");
    const lines = ["--data-binary", `@${scene.at("text")}`, `${say}?user=ci`];
    assertEquals((await scene.curl("-f", ...lines)).code, 0);
    const { text, user } = await scene.alice.next("said");
    assertEquals([text, user], ["one\ntwo", "ci"]);
    assertEquals((await scene.curl("-f", "-u", "cron:", "-d", "three", say)).code, 0);
    assertEquals((await scene.alice.next("said")).user, "cron");
    assert((await scene.curl("-f", "-d", "x", say)).code > 0);
  },
};

Deno.test({
  name: "curl does what is asked of the web port",
  ignore: isMissing("curl"),
  async fn(test) {
    await using scene = await Scene.start();
    for (const [name, deed] of Object.entries(deeds)) await test.step(name, () => deed(scene));
  },
});
