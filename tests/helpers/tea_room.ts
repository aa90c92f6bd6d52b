/** A room with its maker and somebody else in it, and roles without accounts. */

import { assert } from "@std/assert";
import type { Role } from "../../lib/wire/command_row.ts";
import type { TestServer } from "./peer.ts";

/** Gives somebody who is there a role on the server. */
export function give(server: TestServer, user: string, role: Role): void {
  const known = server.core.people.holder(user);
  assert(known);
  known.role = role;
}

/** Alice has made the room, Bob is in it on two devices. */
export async function teaRoom(server: TestServer) {
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  const phone = server.connect();
  await phone.ok({ t: "hello", v: 1, token: bob.token });
  return { alice, bob, phone };
}
