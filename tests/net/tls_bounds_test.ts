import { assert, assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { limits } from "../../lib/limits.ts";
import type { Route } from "../../lib/net/route.ts";
import type { Tls } from "../../lib/net/tls_files.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { barrierMs, wholeTestMs } from "../helpers/patience.ts";
import { readToEnd } from "../helpers/raw_http.ts";
import { frame } from "../helpers/raw_websocket.ts";
import { pouring, standsStill } from "../helpers/still.ts";
import { ownCredentials, TlsScene } from "../helpers/tls_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

const MiB = 1024 * 1024;
/** More than {@linkcode heldMax} by far. */
const wanted = 100 * MiB;
/** What the system holds for the two ends of a connection, and one read of ours. */
const heldMax = 32 * MiB;

const encoder = new TextEncoder();
const empty: Route = {
  method: "GET",
  pattern: "/empty",
  run: () => Promise.resolve({ status: 204 }),
};

/** Runs with credentials that lie in a folder of their own. */
async function withTls(run: (tls: Tls) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  try {
    using tls = await ownCredentials(folder);
    await deadline(run(tls), wholeTestMs);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function dial(port: number, tls: Tls): Promise<Deno.TlsConn> {
  return Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [tls.current.cert] });
}

/** A request of somebody else, and its answer. */
function otherRequest(port: number, tls: Tls): () => Promise<unknown> {
  return async () => {
    using client = Deno.createHttpClient({ caCerts: [tls.current.cert] });
    assertEquals((await fetch(`https://127.0.0.1:${port}/empty`, { client })).status, 204);
  };
}

Deno.test("a body over TLS that nobody reads isn't taken, and is whole once it is read", async () => {
  await withTls(async (tls) => {
    const reading = Promise.withResolvers<void>();
    const late: Route = {
      method: "PUT",
      pattern: "/late",
      async run(_core, request) {
        await reading.promise;
        let count = 0;
        for await (const { length } of request.body()) count += length;
        return { status: 200, body: String(count) };
      },
    };
    await using scene = await WebScene.start([late, empty], { tls });
    using conn = await dial(scene.port, tls);
    const head = ["PUT /late HTTP/1.1", `Host: 127.0.0.1:${scene.port}`, "Connection: close"];
    await conn.write(encoder.encode([...head, `Content-Length: ${wanted}`, "", ""].join("\r\n")));
    const { sent, over } = pouring(conn, new Uint8Array(64 * 1024), wanted);
    await standsStill(sent, otherRequest(scene.port, tls));
    assert(sent() < heldMax, `${sent()} bytes were taken`);
    reading.resolve();
    await over;
    assertMatch(await readToEnd(conn), new RegExp(`\r\n\r\n${wanted}$`));
  });
});

Deno.test("a WebSocket over TLS whose answers nobody takes isn't read on", async () => {
  await withTls(async (tls) => {
    await using scene = await WebScene.start([empty], { tls });
    using conn = await dial(scene.port, tls);
    const head = [
      "GET /ws HTTP/1.1",
      `Host: 127.0.0.1:${scene.port}`,
      ...["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"],
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    await conn.write(encoder.encode(`${head.join("\r\n")}\r\n\r\n`));
    await conn.write(frame('{"t":"hello","v":1,"user":"greedy","id":1}'));
    const asks = frame('{"t":"history","room":"lobby","id":2}\n'.repeat(1000));
    const { sent, over } = pouring(conn, asks, wanted);
    over.catch(() => {});
    await standsStill(sent, otherRequest(scene.port, tls));
    assert(sent() < heldMax, `${sent()} bytes were taken`);
  });
});

Deno.test("requests go over one connection, which is kept", async () => {
  await withTls(async (tls) => {
    await using scene = await WebScene.start([empty], { tls });
    using conn = await dial(scene.port, tls);
    const ask = `GET /empty HTTP/1.1\r\nHost: 127.0.0.1:${scene.port}\r\n\r\n`;
    const bytes = new Uint8Array(4096);
    for (let count = 0; count < 3; count++) {
      await conn.write(encoder.encode(ask));
      const length = await conn.read(bytes);
      assertMatch(new TextDecoder().decode(bytes.subarray(0, length ?? 0)), /^HTTP\/1\.1 204 /);
    }
  });
});

Deno.test("headers over TLS that don't end in time are refused", async () => {
  await withTls(async (tls) => {
    await using scene = await WebScene.start([empty], { tls });
    using conn = await dial(scene.port, tls);
    await conn.write(encoder.encode(`GET /empty HTTP/1.1\r\nHost: 127.0.0.1:${scene.port}\r\nX: `));
    // Silence alone is cut after twice as long.
    const answer = await deadline(readToEnd(conn), limits.webSilentMs / 2);
    assertMatch(answer, /^HTTP\/1\.1 408 /);
  });
});

function descriptors(): number {
  return Array.from(Deno.readDirSync("/proc/self/fd")).length;
}

for (const [what, first] of [["no byte", []], ["half a handshake", [0x16, 3, 1]]] as const) {
  Deno.test({
    name: `who says ${what} to the port for chat has to go, and leaves no descriptor behind`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const clock = new FakeClock();
      await using scene = await TlsScene.start({ clock });
      const { port } = scene.listening;
      const count = 20;
      const before = descriptors();
      const conns = await Promise.all(
        Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port })),
      );
      for (const conn of conns) if (first.length > 0) await conn.write(new Uint8Array(first));
      await deadline(over(clock, Promise.all(conns.map(readToEnd))), wholeTestMs);
      for (const conn of conns) conn.close();
      // The server's ends go a turn or more later; what the test before this one had may, too.
      const gone = async () => {
        while (descriptors() >= before + count / 2) await clock.tick(0);
      };
      await deadline(gone(), barrierMs);
    },
  });
}

/** Lets time pass until it has settled. */
async function over(clock: FakeClock, promise: Promise<unknown>): Promise<void> {
  let isOver = false;
  const settled = () => void (isOver = true);
  promise.then(settled, settled);
  while (!isOver) await clock.tick(limits.webHeadersMs);
}

/** What a client begins with. */
async function clientHello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const dialling = Deno.connectTls({ hostname: "127.0.0.1", port }).catch(() => {});
  const bytes = new Uint8Array(4096);
  using conn = await listener.accept();
  const length = await conn.read(bytes);
  conn.close();
  await dialling;
  return bytes.slice(0, length ?? 0);
}

/** What isn't a handshake, but begins as one. */
function wrongHellos(hello: Uint8Array): Uint8Array[] {
  const altered = Array.from({ length: Math.ceil(hello.length / 9) }, (_, at) => {
    const bytes = new Uint8Array(hello);
    bytes[at * 9 + 1] ^= 0x55;
    return bytes;
  });
  const cut = [1, 5, 9, 50, hello.length - 1].map((length) => hello.subarray(0, length));
  const more = [hello, new Uint8Array(64 * 1024), Uint8Array.of(0x17, 3, 3, 0, 1, 0)].map((next) =>
    new Uint8Array([...hello, ...next])
  );
  return [...altered, ...cut, ...more, new Uint8Array(64 * 1024).fill(0x16)];
}

/** Says all of it to a port, and goes at once or waits for the end; then somebody says a line. */
async function sayWrong(
  port: number,
  { clock, tls, line }: {
    readonly clock: FakeClock;
    readonly tls: Tls;
    readonly line: string;
  },
): Promise<string> {
  for (const bytes of wrongHellos(await clientHello())) {
    for (const isWaiting of [false, true]) {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.write(bytes);
      if (isWaiting) await over(clock, readToEnd(conn));
    }
  }
  using conn = await dial(port, tls);
  await conn.write(encoder.encode(line));
  const bytes = new Uint8Array(4096);
  return new TextDecoder().decode(bytes.subarray(0, await conn.read(bytes) ?? 0));
}

Deno.test("what isn't a handshake ends its own connection to the port for chat", async () => {
  const clock = new FakeClock();
  await using scene = await TlsScene.start({ clock });
  const { listening: { port }, tls } = scene;
  const line = '{"t":"hello","v":1,"id":1,"user":"Alice"}\n';
  assertMatch(await sayWrong(port, { clock, tls, line }), /"t":"ok"/);
});

Deno.test("what isn't a handshake ends its own connection to the web port", async () => {
  await withTls(async (tls) => {
    const clock = new FakeClock();
    await using scene = await WebScene.start([empty], { tls, clock });
    const line = `GET /empty HTTP/1.1\r\nHost: 127.0.0.1:${scene.port}\r\n\r\n`;
    assertMatch(await sayWrong(scene.port, { clock, tls, line }), /^HTTP\/1\.1 204 /);
  });
});
