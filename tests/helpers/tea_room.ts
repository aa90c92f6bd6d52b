/** A room with its maker and somebody else in it. */

import type { TestServer } from "./peer.ts";

/** Alice has made the room, Bob is in it on two devices. */
export async function teaRoom(server: TestServer) {
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  const phone = server.connect();
  await phone.ok({ t: "hello", v: 1, token: bob.token });
  return { alice, bob, phone };
}
