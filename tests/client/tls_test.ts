import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { tlsDial } from "../../lib/client/tls.ts";
import { limits } from "../../lib/limits.ts";
import { wholeTestMs } from "../helpers/patience.ts";
import { pouring, standsStill } from "../helpers/still.ts";
import { ownCredentials } from "../helpers/tls_scene.ts";

const MiB = 1024 * 1024;

Deno.test("tlsDial() takes no more than it is asked for, and loses nothing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  try {
    using tls = await ownCredentials(folder);
    const { cert, key } = tls.current;
    using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    const dial = tlsDial({ host: "127.0.0.1", port: listener.addr.port }, { check() {} }, Date);
    const [connection, peer] = await Promise.all([dial(), accepted(listener)]);
    const [other, otherPeer] = await Promise.all([dial(), accepted(listener)]);
    const line = new TextEncoder().encode(`{"t":"x","text":"${"y".repeat(MiB / 2)}"}\n`);
    assert(line.length < limits.lineBytesOutMax);
    const count = 200;
    const { sent, over } = pouring(peer, line, count * line.length);
    const bytes = new Uint8Array(100);
    const pass = async () => {
      await other.write(new TextEncoder().encode('{"t":"ping"}\n'));
      await otherPeer.write(bytes.slice(0, await otherPeer.read(bytes) ?? 0));
      assertEquals((await other.read())?.length, 1);
    };
    await deadline(standsStill(sent, pass), wholeTestMs);
    assert(sent() < 32 * MiB, `${sent()} bytes were taken`);
    let frames = 0;
    while (frames < count) frames += (await connection.read())?.length ?? count + 1;
    assertEquals(frames, count);
    await over;
    for (const one of [connection, other, peer, otherPeer]) one.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The next peer, once its handshake is done. */
async function accepted(listener: Deno.TlsListener): Promise<Deno.TlsConn> {
  const conn = await listener.accept();
  await conn.handshake();
  return conn;
}
