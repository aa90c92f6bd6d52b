import { assert, assertEquals, assertRejects } from "@std/assert";
import { tcpDial } from "../../lib/client/tcp.ts";

Deno.test("tcpDial() makes a connection that carries lines both ways", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(listener.addr.transport === "tcp");
  const dial = tcpDial({ host: "127.0.0.1", port: listener.addr.port }, Date);
  const [connection, peer] = await Promise.all([dial(), listener.accept()]);
  await peer.write(new TextEncoder().encode('{"t":"came","users":[]}\n'));
  const frames = await connection.read();
  assertEquals(frames?.map(({ is }) => is), ["object"]);
  await connection.write(new TextEncoder().encode('{"t":"ping"}\n'));
  const bytes = new Uint8Array(100);
  assertEquals(await peer.read(bytes), 13);
  connection.close();
  assertEquals(await connection.read(), undefined);
  peer.close();
});

Deno.test("tcpDial() rejects where nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(listener.addr.transport === "tcp");
  const { port } = listener.addr;
  listener.close();
  await assertRejects(tcpDial({ host: "127.0.0.1", port }, Date), Error, "refused");
});
