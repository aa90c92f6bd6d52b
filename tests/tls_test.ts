import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { connect } from "node:net";
import type { LinkStatus } from "../lib/client/link.ts";
import { fingerprintOf } from "../lib/fingerprint.ts";
import { listenTcp } from "../lib/net/tcp.ts";
import { isMissing } from "./helpers/needs.ts";
import { freePort } from "./helpers/free_port.ts";
import { wholeTestMs } from "./helpers/patience.ts";
import { pouring, standsStill } from "./helpers/still.ts";
import { ownCredentials, TlsScene } from "./helpers/tls_scene.ts";
import type { WatchedChat } from "./helpers/watched_chat.ts";

/** Registers a test that plays in a scene, and fails where it takes for ever. */
function test(name: string, run: (scene: TlsScene) => Promise<void>, { ignore = false } = {}) {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      await using scene = await TlsScene.start();
      await deadline(run(scene), wholeTestMs);
    },
  });
}

type Waiting = Extract<LinkStatus, { is: "waiting" }>;

/** Why a client waits, from now on. */
async function waits(chat: WatchedChat, sentence: RegExp): Promise<Waiting> {
  const isThat = (status: LinkStatus): status is Waiting =>
    status.is === "waiting" && sentence.test(status.reason);
  const { status } = await chat.next("status", ({ status }) => isThat(status));
  assert(isThat(status));
  return status;
}

/** With what a client ends, which was never let in. */
async function ends(chat: WatchedChat): Promise<string> {
  const { status } = await chat.first("status", ({ status }) => status.is === "ended");
  return status.is === "ended" ? status.error?.message ?? "" : "";
}

/** What the lobby's log holds. */
async function logOf(scene: TlsScene): Promise<unknown[]> {
  const reader = await scene.server.join("reader");
  const { events } = await reader.ok({ t: "history", room: "lobby", after: 0 });
  return (events as { t: string; text?: string }[]).flatMap(({ t, text }) =>
    t === "said" ? text : []
  );
}

/** Says something while nobody who is right answers, and sees it go out once the server is back. */
async function waitsOut(
  scene: TlsScene,
  chat: WatchedChat,
  attack: () => Promise<void>,
): Promise<void> {
  chat.chat.say("lobby", "before");
  await chat.first("delivered");
  await attack();
  chat.chat.say("lobby", "meanwhile");
  assertEquals(chat.all("delivered").length, 1);
  scene.between.doing = { is: "honest" };
  await chat.next("delivered");
  assertEquals(await logOf(scene), ["before", "meanwhile"]);
}

test("a client talks over TLS to the server whose fingerprint it was told", async (scene) => {
  const [alice, bob] = await Promise.all([scene.enter("alice"), scene.enter("bob")]);
  alice.chat.say("lobby", "a secret");
  await alice.first("delivered");
  const { event } = await bob.first("event", ({ event }) => event.t === "said");
  assertEquals(event.t === "said" && event.text, "a secret");
  const passed = scene.between.up.map((bytes) => new TextDecoder().decode(bytes)).join("");
  assertEquals([passed.includes("a secret"), passed.includes("hello")], [false, false]);
});

test("a key is remembered for its user only, and needs no fingerprint again", async (scene) => {
  const first = await scene.enter("alice");
  await first.chat.close();
  const known = await Deno.readTextFile(scene.knownServers);
  const sha256 = scene.tls.current.sha256.toHex();
  assertEquals(known, `127.0.0.1:${scene.between.port} sha256:${sha256}\n`);
  assertEquals((await Deno.stat(scene.knownServers)).mode! & 0o777, 0o600);
  await scene.enter("bob", scene.wanted({ isTls: false, fingerprint: undefined }));
});

test("a server of which nothing is known is refused with what to compare", async (scene) => {
  const sentence = await ends(scene.chat("alice", scene.wanted({ fingerprint: undefined })));
  assertMatch(sentence, /^Cannot know whether this is the server at 127\.0\.0\.1:/);
  assertStringIncludes(sentence, `parleys://127.0.0.1:${scene.between.port}#${scene.fingerprint}`);
  assertEquals(scene.server.core.people.size, 0);
});

test("another key than the address says is refused, and nothing is said to it", async (scene) => {
  const credentials = (await ownCredentials(join(scene.folder, "other"))).current;
  scene.between.doing = { is: "pretending", credentials };
  const sentence = await ends(scene.chat("alice"));
  assertMatch(sentence, /the address says [0-9a-z-]+\. Somebody may be between you and it/);
  assertEquals(scene.between.heard, []);
});

test("a changed key is refused from memory, and what was said waits", async (scene) => {
  const chat = await scene.enter("alice");
  const credentials = (await ownCredentials(join(scene.folder, "other"))).current;
  await waitsOut(scene, chat, async () => {
    scene.between.doing = { is: "pretending", credentials };
    const waiting = waits(
      chat,
      /its key is not the one that it had before.*nothing was said to them/,
    );
    scene.between.cut();
    await waiting;
    await waits(chat, /its key is not the one/);
  });
  assertEquals(scene.between.heard, []);
  assertEquals(scene.complaints.length, 1, "it is told once why nothing answers");
  assertMatch(scene.complaints[0], /its key is not the one that it had before.*join with parleys:/);
  // The next run knows it, too.
  scene.between.doing = { is: "pretending", credentials };
  const next = scene.chat("alice", scene.wanted({ isTls: false, fingerprint: undefined }));
  assertMatch(await ends(next), /its key is not the one that it had before.*join with parleys:/);
  assertEquals(scene.between.heard, []);
});

test("a key that was really changed is taken by the address that the server prints", async (scene) => {
  const old = await scene.enter("alice");
  await old.chat.close();
  const { current } = await ownCredentials(join(scene.folder, "other"));
  const fingerprint = fingerprintOf(current.sha256);
  scene.between.doing = { is: "pretending", credentials: current };
  const chat = await scene.enter("bob", scene.wanted({ fingerprint }));
  assertMatch(scene.complaints.join(), /is known by another key from now on/);
  await chat.chat.close();
  await scene.enter("carol", scene.wanted({ isTls: false, fingerprint: undefined }));
});

test("the true certificate without its key is refused before anything is said", async (scene) => {
  const chat = await scene.enter("alice");
  const port = freePort();
  await using _forger = await forger(scene, port);
  await waitsOut(scene, chat, async () => {
    scene.between.doing = { is: "elsewhere", port };
    const waiting = waits(chat, /did not prove that it has the key of the certificate/);
    scene.between.cut();
    await waiting;
  });
}, { ignore: isMissing("openssl") });

test("a client that was told TLS never goes on without it, not even again", async (scene) => {
  const chat = await scene.enter("alice");
  const text = '{"t":"ok","re":1,"user":"alice"}\n';
  await waitsOut(scene, chat, async () => {
    scene.between.up.length = 0;
    scene.between.doing = { is: "plain", text };
    const waiting = waits(chat, /doesn't speak TLS, and nothing was said to it; it did before/);
    scene.between.cut();
    await waiting;
  });
  scene.between.doing = { is: "plain", text };
  const byMemory = scene.wanted({ isTls: false, fingerprint: undefined });
  for (const wanted of [scene.wanted(), byMemory]) {
    assertMatch(await ends(scene.chat("alice", wanted)), /doesn't speak TLS/);
  }
});

for (const way of ["up", "down"] as const) {
  test(`bytes altered on their way ${way} end the connection, and nothing is lost`, async (scene) => {
    const chat = await scene.enter("alice");
    chat.chat.say("lobby", "one");
    await chat.first("delivered");
    scene.between.isAltering = way;
    const waiting = waits(chat, way === "down" ? /altered on its way/ : /./);
    const back = chat.next("status", ({ status }) => status.is === "online");
    const cid = chat.chat.say("lobby", "two");
    await waiting;
    await back;
    await chat.first("delivered", (change) => change.cid === cid);
    assertEquals(await logOf(scene), ["one", "two"]);
  });
}

test("what went up once, sent again, is taken by nobody", async (scene) => {
  const chat = await scene.enter("alice");
  chat.chat.say("lobby", "once");
  await chat.first("delivered");
  await chat.chat.close();
  const people = scene.server.core.people.size;
  const socket = connect({ host: "127.0.0.1", port: scene.listening.port });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {}).on("data", () => {});
  for (const bytes of scene.between.up) socket.write(bytes);
  await closed;
  assertEquals(await logOf(scene), ["once"]);
  assertEquals(scene.server.core.people.size, people + 1, "only the reader came");
});

test("cut at any moment, nothing is lost or doubled", async (scene) => {
  const chat = await scene.enter("alice");
  const texts = Array.from({ length: 4 }, (_, at) => `number ${at}`);
  for (const text of texts) {
    const cid = chat.chat.say("lobby", text);
    scene.between.cut();
    await chat.first("delivered", (change) => change.cid === cid);
  }
  assertEquals(await logOf(scene), texts);
});

test("a client that doesn't speak TLS says that the port does", async (scene) => {
  const chat = scene.chat("alice", scene.wanted({ isTls: false, fingerprint: undefined }));
  await waits(chat, /^That port speaks TLS: join with the address that the server printed/);
});

test("a new certificate is for those who come now, and those who are there go on", async (scene) => {
  const alice = await scene.enter("alice");
  const before = scene.tls.current;
  scene.names.push("chat.example.org");
  await scene.tls.look();
  assert(scene.tls.current.cert !== before.cert);
  const bob = await scene.enter("bob");
  alice.chat.say("lobby", "still here");
  await bob.first("event", ({ event }) => event.t === "said" && event.text === "still here");
  assertEquals(alice.all("status").length, 2, "connecting and online, once");
  const ca = join(scene.folder, "data", "tls.crt");
  await scene.enter(
    "carol",
    scene.wanted({ fingerprint: undefined, ca, port: scene.listening.port }),
  );
});

test("a peer that isn't read can't send, whatever it has", async (scene) => {
  const { cert } = scene.tls.current;
  const { port } = scene.listening;
  using conn = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [cert] });
  // Answers that nobody takes stop the server from reading.
  const hello = '{"t":"hello","v":1,"id":1,"user":"greedy"}\n';
  const asks = '{"t":"history","room":"lobby","id":2}\n'.repeat(2000);
  await conn.write(new TextEncoder().encode(hello));
  const { sent, over } = pouring(conn, new TextEncoder().encode(asks), 64 * 1024 * 1024);
  const { chat } = await scene.enter("other");
  await standsStill(sent, () => chat.send("ping", {}));
  assertEquals(scene.server.core.people.size, 2);
  assert(sent() < 32 * 1024 * 1024, `${sent()} bytes were taken`);
  conn.close();
  await over.catch(() => {});
});

test("a client that wants TLS where there is none is told at once", async (scene) => {
  await using plain = listenTcp(scene.server.core, { hostname: "127.0.0.1", port: 0 });
  const wanted = scene.wanted({ port: plain.port });
  assertMatch(
    await ends(scene.chat("alice", wanted)),
    /without TLS its address begins with parley/,
  );
  const { chat } = await scene.enter("alice", scene.wanted({ port: plain.port, isTls: false }));
  await chat.close();
});

/** Shows the server's certificate with a key that isn't its own: openssl believes what it is told. */
async function forger(scene: TlsScene, port: number): Promise<AsyncDisposable> {
  const cert = join(scene.folder, "data", "tls.crt");
  const key = join(scene.folder, "forged.key");
  const other = await ownCredentials(join(scene.folder, "other"));
  await Deno.writeTextFile(key, forgedKey(scene.tls.current.cert, other.current.key));
  const process = new Deno.Command("openssl", {
    args: ["s_server", "-accept", `127.0.0.1:${port}`, "-cert", cert, "-key", key, "-quiet"],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let isThere = false; !isThere;) {
    isThere = await Deno.connect({ hostname: "127.0.0.1", port }).then((conn) => {
      conn.close();
      return true;
    }, () => false);
  }
  return {
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await process.stdin.close().catch(() => {});
    },
  };
}

/** A private key (RFC 5915) that says it belongs to a certificate's public key, and does not. */
function forgedKey(cert: string, otherKey: string): string {
  const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
  const point = new Uint8Array(spki).subarray(-65);
  const { d = "" } = createPrivateKey(otherKey).export({ format: "jwk" });
  const secret = Uint8Array.fromBase64(d, { alphabet: "base64url" });
  const hex = [
    "3077020101" + "0420" + secret.toHex(),
    "a00a06082a8648ce3d030107" + "a144034200" + point.toHex(),
  ];
  const base64 = Uint8Array.fromHex(hex.join("")).toBase64().replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN EC PRIVATE KEY-----\n${base64}\n-----END EC PRIVATE KEY-----\n`;
}
