import { assertEquals, assertThrows } from "@std/assert";
import { listenTcp } from "../lib/net/tcp.ts";
import { parseAnswer, readToEnd } from "./helpers/raw_http.ts";
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

Deno.test("the chat port sends browsers to the page, by the address that they have reached", async () => {
  const server = await TestServer.start();
  const listening = listenTcp(server.core, { hostname: "127.0.0.1", port: 0, webPort: 8099 });
  for (const start of ["GET / HTTP/1.1", "POST /say/lobby HTTP/1.1"]) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: listening.port });
    const request = `${start}\r\nHost: evil.example\r\n\r\n{"t":"hello","v":1}\n`;
    await conn.write(new TextEncoder().encode(request));
    const { status, headers, body } = parseAnswer(await readToEnd(conn));
    assertEquals([status, headers.location], [307, "http://127.0.0.1:8099/"]);
    assertEquals(body, "This is Parley's chat port; its page is at http://127.0.0.1:8099/\n");
    assertEquals(server.core.people.size, 0);
  }
  await server[Symbol.asyncDispose]();
  await listening[Symbol.asyncDispose]();
});
