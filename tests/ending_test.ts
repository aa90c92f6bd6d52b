import { assertEquals } from "@std/assert";
import { ChatError } from "../lib/errors.ts";
import type { Uid } from "../lib/names.ts";
import { TestServer } from "./helpers/peer.ts";

const revoked = new ChatError("revoked", "This login was ended");

Deno.test("endHere() ends every connection of a user, and says why", async () => {
  await using server = await TestServer.start();
  const one = await server.join("Alice");
  const two = server.connect();
  await two.ok({ t: "hello", v: 1, token: one.token, quiet: true });
  const other = await server.join("Bob");
  await server.core.endUser(one.uid as Uid, revoked);
  for (const peer of [one, two]) {
    assertEquals((await peer.next("refused")).code, "revoked");
    await peer.end();
  }
  const { users } = await other.ok({ t: "users" });
  assertEquals((users as { user: string; online: boolean }[]).map(({ online }) => online), [
    false,
    true,
  ]);
});

Deno.test("endHere() ends those that are meant, and no others", async () => {
  await using server = await TestServer.start();
  const one = await server.join("Alice");
  const [known] = server.core.people.sorted();
  const [{ login }] = known.listeners;
  await server.core.endHere(known.uid, revoked, (listener) => listener.login !== login);
  await one.ok({ t: "ping" });
  await server.core.endHere(known.uid, revoked, (listener) => listener.login === login);
  await one.end();
});
