import { assertEquals, assertThrows } from "@std/assert";
import { listenTcp } from "../lib/net/tcp.ts";
import { TestServer } from "./helpers/peer.ts";

Deno.test("listenTcp() says what is wrong with an address and what to do", async () => {
  await using server = await TestServer.start();
  using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = held.addr;
  const taken = assertThrows(() => listenTcp(server.core, { hostname: "127.0.0.1", port }), Error);
  assertEquals(
    taken.message,
    `Cannot listen on 127.0.0.1:${port}: another program does; ` +
      "stop that one or name another port with --port",
  );
  // Reserved for documentation: no machine has it.
  const address = { hostname: "192.0.2.1", port };
  const { message } = assertThrows(() => listenTcp(server.core, address), Error);
  assertEquals(
    message,
    `Cannot listen on 192.0.2.1:${port}: this machine has no such address; ` +
      "name one that it has with --host",
  );
});
