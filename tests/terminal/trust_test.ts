import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { Between } from "../helpers/between.ts";
import { ChatError } from "../../lib/errors.ts";
import { KnownServers } from "../../lib/terminal/known_servers.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";
import { TlsScene } from "../helpers/tls_scene.ts";

/** Dials, and lets go of what it gets. */
async function dial(scene: TlsScene, more: Parameters<TlsScene["wanted"]>[0]): Promise<void> {
  const connection = await scene.dialFor(scene.wanted(more))();
  connection.close();
}

/** Why it isn't done. */
async function refusal(scene: TlsScene, more: Parameters<TlsScene["wanted"]>[0]): Promise<string> {
  const { code, message } = await assertRejects(() => dial(scene, more), ChatError);
  assertEquals(code, "not_allowed");
  return message;
}

Deno.test("a name that somebody vouches for who is trusted needs no fingerprint", async () => {
  await using scene = await TlsScene.start();
  const ca = join(scene.folder, "data", "tls.crt");
  await dial(scene, { fingerprint: undefined, ca });
  const { port } = scene.between;
  assertEquals(await Deno.readTextFile(scene.knownServers), `127.0.0.1:${port} name\n`);
  // The next run isn't told whom to trust, and doesn't do without.
  assertMatch(
    await refusal(scene, { isTls: false, fingerprint: undefined }),
    /^Cannot know whether/,
  );
  scene.between.doing = { is: "plain", text: "{}\n" };
  assertMatch(await refusal(scene, { isTls: false, fingerprint: undefined }), /doesn't speak TLS/);
});

Deno.test("a certificate for another name proves nothing, whoever vouches for it", async () => {
  await using scene = await TlsScene.start({ names: ["chat.example.org"] });
  const ca = join(scene.folder, "data", "tls.crt");
  assertMatch(await refusal(scene, { fingerprint: undefined, ca }), /^Cannot know whether this is/);
  // The fingerprint is as good as a name.
  await dial(scene, { ca });
});

Deno.test("a server that is silent is given up, and one that isn't there is told", async () => {
  await using scene = await TlsScene.start();
  const gone = await Between.start(scene.listening.port);
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  const { message } = await assertRejects(() => dial(scene, { port }), Error);
  assertEquals(message, `No server answers at 127.0.0.1:${port}`);
});

Deno.test("what is known of a server takes the place of what was, and leaves the others", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  const path = join(folder, "state", "known_servers");
  const sha256 = crypto.getRandomValues(new Uint8Array(32));
  for (const port of [1, 2, 3]) {
    new KnownServers(path).remember(`a:${port}`, { is: "key", sha256 });
  }
  const servers = new KnownServers(path);
  servers.remember("a:2", { is: "name" });
  assertEquals([1, 2, 3, 4].map((port) => servers.find(`a:${port}`)?.is), [
    "key",
    "name",
    "key",
    undefined,
  ]);
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  assertEquals((await Deno.stat(join(folder, "state"))).mode! & 0o777, 0o700);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a server of which the file says something damaged isn't taken for a new one", async () => {
  await using scene = await TlsScene.start();
  await dial(scene, {});
  const { port } = scene.between;
  await Deno.writeTextFile(scene.knownServers, `127.0.0.1:${port} sha256:abc\n`);
  const { message } = assertThrows(() => scene.dialFor(scene.wanted()), UsageError);
  assertMatch(message, /^Cannot tell how this server is known: remove the line .* join with the/);
  await Deno.remove(scene.knownServers);
  await Deno.mkdir(scene.knownServers);
  assertThrows(() => scene.dialFor(scene.wanted()), UsageError, "Cannot read which servers");
});

Deno.test("a fingerprint that can't be kept is complained of, and the chat goes on", async () => {
  await using scene = await TlsScene.start();
  await Deno.writeTextFile(join(scene.folder, "file"), "");
  await dial(scene, { state: join(scene.folder, "file") });
  assertMatch(scene.complaints.join(), /^Cannot remember the server's key in ".*file\/known_serv/);
});
