/** What a client knows of who may do what, while it changes. */

import { assertEquals } from "@std/assert";
import { mayModerateWhom } from "../../lib/client/may.ts";
import { nameKey, type Uid } from "../../lib/names.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";
import { WatchedChat } from "../helpers/watched_chat.ts";

/** Bob's client, with an account, beside the owner; and Carl, a guest. Both others are in #tea. */
async function start(server: TestServer) {
  const owner = await server.join("Owner", "tea");
  const carl = await server.join("Carl", "tea");
  const bob = new WatchedChat({
    dial: () => Promise.resolve(server.dial()),
    clock: systemClock(),
    hello: { v: 1, user: "Bob" },
    presence: true,
  });
  const stack = new AsyncDisposableStack();
  stack.defer(() => bob.chat.close());
  await bob.first("begun");
  await Promise.all([owner.ok({ t: "register", password }), bob.chat.register(password)]);
  await bob.chat.join("tea");
  await bob.chat.members("tea");
  const given = async (command: { readonly role: string; readonly room?: string }) => {
    const { uid } = me(bob);
    const heard = bob.next(
      command.room === undefined ? "passing" : "event",
      ({ event }) => "role" in event && "uid" in event && event.uid === uid,
    );
    await owner.ok({ t: "role", user: "Bob", ...command });
    await heard;
  };
  return { stack, owner, carl, bob, given };
}

const password = "correct horse";

function me({ chat }: WatchedChat) {
  const { me } = chat.state;
  if (me === undefined) throw new Error("Nobody is known");
  return me;
}

function moderates(bob: WatchedChat, { uid }: Peer, room: string): boolean {
  return mayModerateWhom(bob.view(room), me(bob), { uid: uid as Uid });
}

Deno.test("a client knows at once what its user is on the server, and no more", async () => {
  await using server = await TestServer.start({ owner: "Owner" });
  const { stack, carl, bob, given } = await start(server);
  await using _ = stack;
  assertEquals(moderates(bob, carl, "lobby"), false);
  await given({ role: "moderator" });
  assertEquals([me(bob).role, moderates(bob, carl, "lobby")], ["moderator", true]);
  assertEquals(bob.chat.state.users.get(nameKey("Bob"))?.role, "moderator");
  assertEquals(bob.view("tea").role, "moderator");
  // What the whole server makes of somebody isn't taken for what a room does.
  await bob.chat.members("tea");
  await given({ role: "member" });
  assertEquals(["lobby", "tea"].map((room) => moderates(bob, carl, room)), [false, false]);
});

Deno.test("a client knows what a room has made of its user, whatever the server does", async () => {
  await using server = await TestServer.start({ owner: "Owner" });
  const { stack, carl, bob, given } = await start(server);
  await using _ = stack;
  await given({ role: "moderator", room: "tea" });
  await given({ role: "moderator" });
  // Also where it was told anew meanwhile.
  bob.chat.reconnect();
  await bob.next("status", ({ status }) => status.is === "online");
  await bob.chat.members("tea");
  await given({ role: "member" });
  assertEquals(["lobby", "tea"].map((room) => moderates(bob, carl, room)), [false, true]);
  await given({ role: "member", room: "tea" });
  assertEquals(moderates(bob, carl, "tea"), false);
});
