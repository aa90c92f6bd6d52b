/** What moderators do at terminals that show plain lines, and what is read of it at others. */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { startHere } from "./helpers/client_here.ts";
import { clientCommand } from "./helpers/client_program.ts";
import { InProcessServer } from "./helpers/in_process_server.ts";
import { RealClient } from "./helpers/scene.ts";

/** The client of somebody at a machine of their own. */
function clientOf(server: InProcessServer, user: string): RealClient {
  const there = { folder: join(server.folder, user), port: server.port };
  return new RealClient(startHere(clientCommand(there, "--user", user)));
}

/** A test in which Alice has made a room, and Bob is in it. */
function teaTest(name: string, run: (alice: RealClient, bob: RealClient) => Promise<void>): void {
  Deno.test(name, async () => {
    await using server = await InProcessServer.start();
    await using alice = clientOf(server, "Alice");
    await using bob = clientOf(server, "Bob");
    for (const client of [alice, bob]) {
      await client.sees("── #lobby ──");
      await client.type("/join tea");
      await client.sees("── #tea ──");
    }
    await run(alice, bob);
  });
}

teaTest(
  "who is muted at a terminal reads why nothing is sent, and until when",
  async (alice, bob) => {
    await alice.type("/mute Bob 10m too loud");
    for (const client of [alice, bob]) {
      await client.sees("Bob was muted by Alice for 10 minutes: too loud");
    }
    await bob.type("hello?");
    await bob.sees("you are muted there for 10 minutes");
    await alice.type("/unmute Bob");
    await bob.sees("Bob was unmuted by Alice");
    await bob.type("/drop", "thanks");
    await alice.sees("thanks");
  },
);

teaTest(
  "who is put out at a terminal reads by whom, and a key lets them in again",
  async (alice, bob) => {
    await alice.type("/lock open sesame", "/kick Bob bye");
    await bob.sees("Alice locked the room: joining it needs a key");
    await bob.sees("You are no longer in #tea: Alice put you out: bye");
    await alice.sees("Bob was put out by Alice: bye");
    await bob.type("/join tea");
    await bob.sees("Cannot join that room: it is locked");
    await bob.type("/join tea key:open sesame", "back");
    await alice.sees("back");
    await alice.type("/ban Bob for good this time");
    await bob.sees("You are no longer in #tea: Alice banned you: for good this time");
    await bob.type("/join tea key:open sesame");
    await bob.sees('Cannot join "tea": you are banned from it');
    await alice.type("/bans");
    await alice.sees("Banned from #tea");
    await alice.sees("  Bob for good");
    await alice.sees("/unban USER lets them in again");
    await alice.type("/unban Bob", "/bans", "/bans server");
    await alice.sees("Nobody is banned from #tea");
    await alice.sees("Cannot do that to the whole server: only its moderators may");
  },
);

teaTest("rules of a room are told at terminals, and nobody else makes them", async (alice, bob) => {
  await bob.type("/slow 30s");
  await bob.sees('Cannot do that in "tea": only its moderators may');
  await alice.type("/role Bob moderator tea");
  await bob.sees("Bob was made a moderator by Alice");
  await bob.type("/slow 30s", "/readonly on");
  await alice.sees("Bob slowed the room: a message each 30 seconds");
  await alice.sees("Bob made the room read-only");
  await alice.type("/members");
  await alice.sees("Bob moderator");
  await alice.type("/audit");
  await alice.sees("Cannot audit: only the owner may");
});

Deno.test("who is banned from the server is told so, and doesn't come back", async () => {
  await using server = await InProcessServer.start({ owner: "Boss" });
  const boss = await server.join("Boss");
  assertEquals((await boss.ok({ t: "register", password: "open sesame 1" })).role, "owner");
  await using bob = clientOf(server, "Bob");
  await bob.sees("── #lobby ──");
  await boss.ok({ t: "ban", user: "Bob", reason: "spam" });
  await bob.sees("You are banned from this server: spam");
  assert(await bob.ended() > 0);
  await using again = clientOf(server, "Bob");
  await again.sees("You are banned from this server: spam");
  assert(await again.ended() > 0);
  const { entries } = await boss.ok({ t: "audit" });
  assert(Array.isArray(entries));
  assertEquals(entries.map(({ did, user, reason }) => [did, user, reason]), [
    ["banned", "Bob", "spam"],
  ]);
});
