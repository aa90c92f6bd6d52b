/** What lines come to: the talk with a core in memory, on a surface that a test can read. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import type { Dial } from "../../lib/client/link.ts";
import { streamConnection } from "../../lib/wire/connection.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import { limits } from "../../lib/limits.ts";
import { serve } from "../../lib/peer/session.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { paintFor } from "../../lib/terminal/paint.ts";
import type { Foot } from "../../lib/terminal/screen.ts";
import { Talk } from "../../lib/terminal/talk.ts";
import type { Surface } from "../../lib/terminal/talk_options.ts";
import { talkFiles } from "../helpers/talk_files.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

const clock = systemClock();

/** Keeps what is shown. */
class Shown implements Surface {
  readonly columns = 100;
  readonly lines: string[] = [];
  foot: Foot = { lines: [], prompt: "" };
  bells = 0;
  cleared = 0;
  #wake: (() => void)[] = [];

  print(lines: readonly string[]): void {
    this.lines.push(...lines.map((line) => line.replace(/^\d\d:\d\d /, "")));
    this.#woken();
  }

  setFoot(foot: Foot): void {
    this.foot = foot;
    this.#woken();
  }

  setTitle(): void {}

  bell(): void {
    this.bells++;
  }

  clear(): void {
    this.cleared++;
  }

  /** Resolves when a line that holds `wanted` has been shown, and forgets what was up to it. */
  async until(wanted: string): Promise<string> {
    for (;;) {
      const at = this.lines.findIndex((line) => line.includes(wanted));
      if (at >= 0) return this.lines.splice(0, at + 1)[at];
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async untilPrompt(prompt: string): Promise<void> {
    while (this.foot.prompt !== prompt) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #woken(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function dialFor(server: TestServer): Dial {
  return () => {
    const [here, there] = streamPair();
    const now = () => clock.now();
    const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
    void serve(server.core, streamConnection(there, { remote: "127.0.0.1", bounds, now }));
    const back = { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false };
    return Promise.resolve(streamConnection(here, { remote: "server", bounds: back, now }));
  };
}

/** Alice's talk, and Bob as a peer in the lobby. */
interface Scene {
  readonly talk: Talk;
  readonly shown: Shown;
  readonly bob: Peer;
  /** Where Alice stands. */
  readonly folder: string;
}

function talkTest(name: string, run: (scene: Scene) => Promise<void>): void {
  Deno.test(name, async () => {
    await using server = await TestServer.start();
    const bob = await server.join("Bob");
    const shown = new Shown();
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    const talk = new Talk({
      dial: dialFor(server),
      hello: { v: 1, user: "Alice" },
      clock,
      random: () => 0,
      surface: shown,
      paint: paintFor(false),
      bell: true,
      room: "lobby",
      attended: true,
      files: talkFiles(folder, clock),
      onLogin: () => {},
      greeting: () => "Connected",
    });
    talk.start();
    await shown.until("── #lobby ──");
    await run({ talk, shown, bob, folder });
    talk.quit();
    await talk.ended;
    await Deno.remove(folder, { recursive: true });
  });
}

talkTest("a line is said, and shown when it is stored", async ({ talk, shown, bob }) => {
  await talk.take("hello :wave:");
  assertEquals(await shown.until("hello"), "Alice: hello 👋 ✓");
  assertEquals((await bob.next("said")).text, "hello 👋");
});

talkTest("one's newest message can be changed and taken back", async ({ talk, shown, bob }) => {
  await talk.take("helo");
  await shown.until("helo ✓");
  await bob.ok({ t: "say", room: "lobby", text: "hm" });
  await talk.take("/edit hello");
  assertMatch(await shown.until("hello"), /^Alice: hello \(edited \d\d:\d\d\) ✓$/);
  assertEquals((await bob.next("edited")).target, 1);
  await talk.take("/delete");
  await shown.until("Alice took back a message");
  assertEquals((await bob.next("deleted")).target, 1);
});

talkTest("messages of others are answered and signed", async ({ talk, shown, bob }) => {
  await bob.ok({ t: "say", room: "lobby", text: "one" });
  await bob.ok({ t: "say", room: "lobby", text: "two" });
  await shown.until("Bob: two");
  await talk.take("/reply ^2 to one");
  assertEquals(await shown.until("│"), "Alice: │ Bob: one");
  await talk.take("/reply @bob to two");
  assertEquals(await shown.until("│"), "Alice: │ Bob: two");
  await talk.take("/react tada");
  await shown.until("Alice 🎉 “two”");
  await talk.take("/react ^ -tada");
  await shown.until("Alice took back 🎉 “two”");
  assertEquals((await bob.next("reacted")).emoji, "🎉");
});

talkTest("a message that isn't there is told so", async ({ talk, shown }) => {
  await talk.take("/edit nothing");
  await shown.until("! You have said nothing here that is known");
  await talk.take("/reply nothing");
  await shown.until("! Nobody else has said that much here");
  await talk.take("/reply @bob nothing");
  await shown.until("! bob has said nothing here that is known");
  await talk.take("/delete #99");
  await shown.until("! There is no message 99");
});

talkTest("a topic is set, shown and cleared", async ({ talk, shown }) => {
  await talk.take("/join dev");
  await shown.until("── #dev ──");
  await talk.take("/topic");
  await shown.until("#dev has no topic");
  await talk.take("/topic all about cats");
  await shown.until("Alice set the topic: all about cats");
  await talk.take("/topic");
  await shown.until("#dev · all about cats");
  await talk.take("/topic -");
  await shown.until("Alice cleared the topic");
});

talkTest("history and search are listed in parts, with numbers", async ({ talk, shown, bob }) => {
  for (let number = 1; number <= 30; number++) {
    await bob.ok({ t: "say", room: "lobby", text: `message number ${number}` });
  }
  await shown.until("number 30");
  await talk.take("/history 10");
  assertMatch(await shown.until("number 21"), /^#21 \d\d:\d\d Bob: message number 21$/);
  await shown.until("/more shows what came before");
  await talk.take("/more");
  await shown.until("#11 ");
  await talk.take("/search number 7");
  assertMatch(await shown.until("#7 "), /\[#lobby\] Bob: message number 7$/);
  await talk.take("/show #7");
  await shown.until("#2 ");
  assertMatch(await shown.until("#12 "), /Bob: message number 12$/);
  await talk.take("/show #99");
  await shown.until("! There is no message 99 here");
  await talk.take("/retry");
  await shown.until("! Nothing that you said here was refused");
  await talk.take("/resume");
  await shown.until("! Nothing waits for you");
  await talk.take("/search nosuchword");
  await shown.until("Nothing was found");
  await talk.take("/more");
  await shown.until("! There is no more");
});

talkTest("people and rooms are listed", async ({ talk, shown, bob }) => {
  await bob.ok({ t: "join", room: "dev" });
  await bob.ok({ t: "topic", room: "dev", topic: "cats" });
  await bob.ok({ t: "away", text: "lunch" });
  await talk.take("/users");
  await shown.until("2 here");
  await shown.until("  Bob away: lunch");
  await talk.take("/rooms");
  await shown.until("2 rooms");
  await shown.until("  #dev    1 person · cats");
  await talk.take("/members");
  await shown.until("2 in #lobby");
  await talk.take("/members dev");
  await shown.until('! You are not in "dev": /join dev enters it');
});

talkTest("whoever is ignored isn't shown", async ({ talk, shown, bob }) => {
  await talk.take("/ignore nobody");
  await shown.until('! Cannot hide "nobody"');
  await talk.take("/ignore bob");
  await shown.until("What bob says is hidden");
  await bob.ok({ t: "say", room: "lobby", text: "hidden" });
  await talk.take("/ignore bob");
  await shown.until("bob is shown again");
  await bob.ok({ t: "say", room: "lobby", text: "seen" });
  await shown.until("Bob: seen");
  assert(!shown.lines.some((line) => line.includes("hidden")));
});

talkTest("a mention and a whisper ring, other messages don't", async ({ talk, shown, bob }) => {
  await bob.ok({ t: "say", room: "lobby", text: "hello all" });
  await shown.until("hello all");
  assertEquals(shown.bells, 0);
  await bob.ok({ t: "say", room: "lobby", text: "hello alice!" });
  await shown.until("hello alice");
  assertEquals(shown.bells, 1);
  await bob.ok({ t: "say", room: "@Alice", text: "psst" });
  await shown.until("[Bob → you] psst");
  assertEquals(shown.bells, 2);
  await talk.take("/w Bob yes?");
  await shown.until("[you → Bob] yes? ✓");
  assertEquals(shown.bells, 2);
});

talkTest("lines are done in their order, each where the one before it led", async (scene) => {
  const { talk, shown, bob } = scene;
  for (const line of ["/join one", "in one", "/join two", "in two", "/switch one", "again"]) {
    void talk.take(line);
  }
  await shown.until("Alice: again ✓");
  const { events } = await bob.ok({ t: "history", room: "one" });
  assert(Array.isArray(events));
  assertEquals(events.map(({ text }) => text), [undefined, "in one", "again"]);
});

talkTest("leaving a room leads back to the lobby, which nobody leaves", async ({ talk, shown }) => {
  await talk.take("/join dev");
  await shown.untilPrompt("#dev › ");
  await talk.take("/leave");
  await shown.until("You left #dev");
  await shown.untilPrompt("#lobby › ");
  await talk.take("/leave");
  await shown.until("! Cannot leave the lobby");
});

talkTest("a dropped connection comes back and nothing is said twice", async ({ talk, shown }) => {
  await talk.take("before");
  await shown.until("before ✓");
  await talk.take("/reconnect");
  await shown.until("Connected again");
  await talk.take("after");
  await shown.until("after ✓");
  assertEquals(shown.lines.filter((line) => line.includes("before")), []);
});

talkTest("who writes is told to others, unless that is off", async ({ talk, shown, bob }) => {
  await talk.take("/typing off");
  await shown.until("Nobody sees when you write");
  talk.typing("h");
  await talk.take("/typing on");
  await shown.until("Others see when you write");
  talk.typing("/join secret");
  assertEquals((await bob.seen("typed")).length, 0);
  talk.typing("he");
  assertEquals((await bob.next("typed")).user, "Alice");
});

talkTest("what rings the bell is chosen, and told", async ({ talk, shown }) => {
  await talk.take("/notify");
  await shown.until("What rings the bell in #lobby: only what names you, or is for you alone");
  await talk.take("/notify all");
  await shown.until("What rings the bell in #lobby: every message");
});

talkTest("small things do what they say", async ({ talk, shown }) => {
  await talk.take("/ping");
  await shown.until("The server answered in ");
  await talk.take("/clear");
  await talk.take("/help");
  await shown.until("What you can write");
  assertEquals(shown.cleared, 1);
  await talk.take("/help reply");
  await shown.until("/reply [MESSAGE] TEXT");
  await shown.until("Also /r.");
  await talk.take("/help nosuch");
  await shown.until('! There is no command "/nosuch"');
  await talk.take("/read");
  await talk.take("/away for lunch");
  await shown.until("Alice is away: for lunch");
  await talk.take("/back");
  await shown.until("Alice is back");
  await talk.take("//not a command");
  await shown.until("Alice: /not a command ✓");
});

talkTest("a message over the bound is refused before it is sent", async ({ talk, shown }) => {
  await talk.take("x".repeat(16_486));
  await shown.until(
    "! Cannot send this, it is too long: 16486 bytes of at most 16384; send it as a file",
  );
});

talkTest("/edit and /delete wait for the message before them", async ({ talk, shown, bob }) => {
  await talk.take("old");
  await shown.until("old ✓");
  for (const line of ["new", "/edit newer", "gone", "/delete"]) void talk.take(line);
  await shown.until("Alice took back a message");
  assertEquals((await bob.next("edited")).target, 2);
  assertEquals((await bob.next("deleted")).target, 4);
});

talkTest("/edit is refused while one's last message isn't sent", async ({ talk, shown }) => {
  await talk.take("old");
  await shown.until("old ✓");
  await talk.take("/reconnect");
  await shown.until("! Connection lost");
  for (const line of ["new", "/edit older"]) void talk.take(line);
  await shown.until("! Your last message isn't sent yet: wait until there is a connection again");
  await shown.until("Alice: new ✓");
});

talkTest("a word that is no emoji's name isn't put on a message", async ({ talk, shown, bob }) => {
  await bob.ok({ t: "say", room: "lobby", text: "one" });
  await shown.until("Bob: one");
  await talk.take("/react thumbsupp");
  await shown.until('! There is no emoji "thumbsupp": :thumbsup: may be meant');
});

talkTest("what somebody ignored says isn't unread", async ({ talk, shown, bob }) => {
  await talk.take("/ignore bob");
  await shown.until("What bob says is hidden");
  await talk.take("/join dev");
  await shown.untilPrompt("#dev › ");
  await bob.ok({ t: "say", room: "lobby", text: "hidden" });
  await talk.take("/ignore bob");
  await shown.until("bob is shown again");
  await bob.ok({ t: "say", room: "lobby", text: "seen" });
  await shown.untilPrompt("#dev (#lobby 1) › ");
});

talkTest("one's own leaving is told once", async ({ talk, shown }) => {
  await talk.take("/join dev");
  await shown.untilPrompt("#dev › ");
  await talk.take("/leave");
  await shown.untilPrompt("#lobby › ");
  assertEquals(shown.lines.filter((line) => / left /.test(line)), ["· You left #dev"]);
});

talkTest("/upload to a person is refused, and nothing gets to the lobby", async (scene) => {
  const { talk, shown, bob } = scene;
  await talk.take("/msg Bob");
  await shown.untilPrompt("@Bob › ");
  await talk.take("/upload deno.json");
  await shown.until("! Cannot upload here, @Bob is no room: write /send deno.json");
  await talk.take("/transfers");
  await shown.until("No files are on their way");
  assertEquals((await bob.seen("shared")).length, 0);
});

talkTest("a person's name to /switch is told to be written with @", async ({ talk, shown }) => {
  await talk.take("/switch Bob");
  await shown.until('! "Bob" is a person: write /switch @Bob');
  await talk.take("/switch nowhere");
  await shown.until('! Cannot turn to "nowhere": you are not in it; /join nowhere enters it');
});

talkTest("a file that is gone when it is to be sent is told so, by one name", async (scene) => {
  const path = join(scene.folder, "gone.txt");
  await Deno.writeTextFile(path, "text");
  await scene.talk.desk.send(path, { room: "lobby" });
  await Deno.remove(path);
  const line = await scene.shown.until("Not sent");
  assertEquals(line, `! Not sent: "gone.txt" isn't there any more`);
});
