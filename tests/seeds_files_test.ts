/** What earlier systems could do with files, row by row, and the scenarios with files. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "@std/path";
import { presets } from "../lib/limits.ts";
import { clientCommand, root } from "./helpers/client_program.ts";
import { offer } from "./helpers/file_peer.ts";
import {
  enterOver,
  home,
  library,
  make,
  received,
  requireReceived,
  script,
} from "./helpers/file_scene.ts";
import { isMissing } from "./helpers/needs.ts";
import { Relay } from "./helpers/relay.ts";
import { sharedSceneTest as test } from "./helpers/shared_scene.ts";
import { Tmux } from "./helpers/tmux.ts";
import { someBytes } from "./helpers/transfer_scene.ts";
import { leftovers, visibleFiles } from "./helpers/whole_files.ts";

const megabyte = 1_000_000;
/** Why a test of the queue is about one node. */
const shares = "of several nodes each has a share of the places";

test("row 7: a library has who uploaded what, when and how large, and gives it back", async (scene) => {
  await scene.start();
  const bytes = someBytes(40_000);
  const path = await make(scene, "Alice", "lecture notes.txt", bytes);
  const [alice, bob] = [await scene.enterHere("Alice"), await scene.enterHere("Bob")];
  await alice.type(`/upload ${path}`);
  await bob.sees("Alice shared lecture notes.txt (40 kB)");
  await bob.type("/files", "/download lecture notes.txt");
  assertMatch(await bob.sees("1. 40 kB"), /1\. 40 kB lecture notes\.txt Alice, \d\d:\d\d$/);
  await bob.sees('"lecture notes.txt" (40 kB) is in');
  await requireReceived(scene, "Bob", "lecture notes.txt", bytes);
  await alice.type("/remove lecture notes.txt");
  await bob.sees("Alice took back lecture notes.txt");
  await bob.type("/download lecture notes.txt");
  await bob.sees('There is no file "lecture notes.txt"');
  assertEquals(library(scene), []);
});

test("row 8: /send is for everyone in the room, and is taken by itself where one says so", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const bytes = someBytes(5000);
  const path = await make(scene, "Alice", "plan.pdf", bytes);
  const all = { args: ["--take", "all", "--take-size", "10kB"] };
  const [alice, bob] = [await scene.enterHere("Alice"), await scene.enterHere("Bob", all)];
  const [carol, dave] = [await scene.enterHere("Carol", all), await scene.enterHere("Dave")];
  await alice.type("/join dev");
  for (const peer of [bob, carol]) {
    await peer.type("/join dev");
    await peer.sees("── #dev ──");
  }
  await alice.type(`/send ${path}`);
  for (const [user, peer] of [["Bob", bob], ["Carol", carol]] as const) {
    await peer.sees('"plan.pdf" (5 kB) is in');
    await requireReceived(scene, user, "plan.pdf", bytes);
  }
  await dave.type("/ping", "/files");
  await dave.sees("There are no files here");
  assertEquals(dave.all("plan.pdf"), []);
});

test("row 8: /sendfile asks one person, who accepts or declines, and may be offline", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const bytes = someBytes(5000);
  const [kept, unwanted] = await Promise.all(
    ["for you.pdf", "spam.txt"].map((name) => make(scene, "Alice", name, bytes)),
  );
  const [alice, first] = [await scene.enterHere("Alice"), await scene.enterHere("Bob")];
  const eve = await scene.enterHere("Eve");
  await first.type("/quit");
  assertEquals(await first.ended(), 0);
  await alice.type(`/sendfile "${kept}" Bob`);
  await alice.sees("sent for you.pdf (5 kB)");
  assertEquals(library(scene), [], "It lies in the open");
  const bob = await scene.enterHere("Bob");
  await bob.sees('Alice sends you "for you.pdf" (5 kB): /accept takes it, /decline doesn\'t');
  await bob.type("/accept");
  await bob.sees('"for you.pdf" (5 kB) is in');
  await requireReceived(scene, "Bob", "for you.pdf", bytes);
  await alice.sees("Bob has taken for you.pdf");
  await alice.type(`/sendfile ${unwanted} Bob`);
  await bob.sees('Alice sends you "spam.txt"');
  assertEquals(bob.all("spam.txt").length, 1, "It is told twice");
  await bob.type("/decline spam.txt");
  await alice.sees("Bob declined spam.txt");
  await eve.type("/files");
  await eve.sees("There are no files here");
});

test("row 8: a folder goes to one person, who takes all of it at once", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const names = ["my own/a.txt", "my own/b/c d.txt"];
  for (const name of names) await make(scene, "Alice", name, someBytes(100));
  const [alice, bob] = [await scene.enterHere("Alice"), await scene.enterHere("Bob")];
  await alice.type(`/sendfile ${join(home(scene, "Alice"), "my own")} Bob`);
  for (const name of names) await bob.sees(`Alice sends you "${name}"`);
  await bob.type("/accept all");
  for (const name of names) {
    await bob.sees(`received/${name}`);
    await requireReceived(scene, "Bob", name, someBytes(100));
    await alice.sees(`Bob has taken ${name}`);
  }
  await bob.type("/accept all");
  await bob.sees("Nobody has sent you a file that waits for an answer");
});

test("row 10: bar, rate and time left, for whoever sends and whoever fetches", async (scene) => {
  await scene.start();
  await using tmux = new Tmux();
  await using relay = new Relay(scene.server.port, 2 * megabyte);
  const path = await make(scene, "Alice", "slides.pdf", someBytes(4 * megabyte));
  const open = (user: string, ...words: readonly string[]) => {
    const there = { folder: home(scene, user), port: relay.port };
    const command = clientCommand(there, ...words, "--user", user);
    return tmux.open(command, { columns: 80, rows: 10, cwd: root });
  };
  const progress = (sign: string) =>
    new RegExp(`${sign} slides\\.pdf █+░+ +\\d+% [\\d.]+ [kM]B/s \\d+ s`);
  const sender = await open("Alice", "upload", path);
  await sender.until(progress("↑"));
  assertEquals(await sender.ended(), 0);
  const fetcher = await open("Bob", "download", "slides.pdf");
  await fetcher.until(progress("↓"));
  assertEquals(await fetcher.ended(), 0);
  assertEquals((await received(scene, "Bob", "slides.pdf")).length, 4 * megabyte);
}, { ignore: isMissing("tmux") });

test("row 11: five uploads at once, the rest wait in a fair queue and see their place", async (scene) => {
  await scene.startHere({ alone: shares });
  const bytes = someBytes(100);
  const peers = await Promise.all(
    Array.from({ length: 7 }, (_, index) => scene.server.join(`p${index}`)),
  );
  const offers = [];
  for (const peer of peers) offers.push(await offer(peer, bytes, { name: "first.txt" }));
  assertEquals(offers.map(({ place }) => place), [0, 0, 0, 0, 0, 1, 2]);
  // Who sends already has to wait for those who don't.
  const greedy = await offer(peers[0], bytes, { name: "second.txt" });
  assertEquals(greedy.place, 3);
  await peers[1].ok({ t: "cancel", transfer: offers[1].transfer });
  assertEquals((await peers[5].next("granted")).transfer, offers[5].transfer);
  const moved = await peers[6].event(({ t, place }) => t === "queued" && place === 1);
  assertEquals(moved.transfer, offers[6].transfer);
});

test("row 12: a classroom takes .txt .pdf .jpg .png up to 3 MB", async (scene) => {
  await scene.start(["--preset", "classroom"]);
  const most = 3 * 1024 * 1024;
  const files = await Promise.all(
    ["a.txt", "b.pdf", "c.jpg", "D.PNG"].map((name) =>
      make(scene, "Alice", name, someBytes(name === "a.txt" ? most : 100))
    ),
  );
  const sent = await scene.scriptHere("Alice", "upload", ...files);
  assertEquals(sent.code, 0, sent.err);
  assertEquals(library(scene).map((path) => basename(path)), ["D.PNG", "a.txt", "b.pdf", "c.jpg"]);
  for (const [name, length] of [["e.txt", most + 1], ["f.exe", 1], ["g", 1]] as const) {
    const refused = await scene.scriptHere(
      "Alice",
      "upload",
      await make(scene, "Alice", name, someBytes(length)),
    );
    assertEquals(refused.code, 1, name);
  }
  assertEquals(library(scene).length, 4);
});

test("row 13: a file whose name is taken gets another one, and overwrites nothing", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const bodies = [someBytes(100), someBytes(200), someBytes(300)];
  for (const [index, user] of ["Ann", "Ben", "Cid"].entries()) {
    const name = index === 2 ? "REPORT.pdf" : "report.pdf";
    const path = await make(scene, user, name, bodies[index]);
    assertEquals((await scene.scriptHere(user, "upload", path)).code, 0);
  }
  const names = ["report.pdf", "report (2).pdf", "REPORT (3).pdf"];
  assertEquals(library(scene).map((path) => basename(path)).toSorted(), names.toSorted());
  for (const [index, name] of names.entries()) {
    assertEquals((await scene.scriptHere("Dan", "download", name)).code, 0);
    await requireReceived(scene, "Dan", name, bodies[index]);
  }
});

test("row 14: transfers that end early leave no half file behind", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  await using relay = new Relay(scene.server.port, 2 * megabyte);
  const path = await make(scene, "Alice", "long.bin", someBytes(8 * megabyte));
  const [alice, eve] = [
    await scene.enterHere("Alice", { port: relay.port }),
    await scene.enterHere("Eve"),
  ];
  const before = relay.came.up;
  await alice.type(`/upload ${path}`);
  await relay.until("up", before + megabyte);
  assertEquals(library(scene), []);
  await eve.type("/files");
  await eve.sees("There are no files here");
  await alice.type("/cancel");
  await alice.sees('"long.bin" was cancelled');
  const whole = await make(scene, "Eve", "whole.bin", someBytes(8 * megabyte));
  await eve.type(`/upload ${whole}`);
  await eve.sees("Eve shared whole.bin");
  assertEquals(leftovers(join(scene.server.folder, "files")), []);
  const came = relay.came.down;
  await alice.type("/download whole.bin");
  await relay.until("down", came + megabyte);
  const folder = join(home(scene, "Alice"), "received");
  assertEquals(visibleFiles(folder), []);
  await alice.type("/cancel");
  await alice.sees('"whole.bin" was cancelled');
  assertEquals(await alice.finish(), 0);
  assertEquals(leftovers(folder), []);
});

test("row 15: a transfer that fails harms neither the server nor anybody else", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const [eve, bob] = [await scene.server.join("Eve"), await scene.enterHere("Bob")];
  const bytes = someBytes(1000);
  const { transfer } = await offer(eve, bytes);
  await eve.part(transfer, 0, bytes);
  assertEquals(await eve.refused({ t: "finish", transfer, sha256: "0".repeat(64) }), "bad_hash");
  const second = await offer(eve, bytes, { name: "b.txt" });
  await eve.part(second.transfer, 500, bytes.subarray(500));
  assertEquals((await eve.next("refused")).code, "bad_offset");
  eve.close();
  await bob.type("still here", "/files");
  await bob.sees("still here ✓");
  await bob.sees("There are no files here");
});

test("row 30: what shrinks is sent compressed on a slow line, what doesn't as it is", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  await using relay = new Relay(scene.server.port, 3 * megabyte);
  const text = new TextEncoder().encode("The same line again and again.\n".repeat(600_000));
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const random = new Uint8Array(3 * megabyte).map((_, at) => noise[at % 60_000] ^ (at >> 8));
  const alice = await scene.enterHere("Alice", { port: relay.port });
  const bytesFor = async (name: string, bytes: Uint8Array) => {
    const before = relay.came.up;
    await alice.type(`/upload ${await make(scene, "Alice", name, bytes)}`);
    await alice.sees(`Alice shared ${name}`);
    return relay.came.up - before;
  };
  const sent = await bytesFor("lines.txt", text);
  assert(sent < text.length / 2, `${sent} bytes went over the line for ${text.length}`);
  assert(await bytesFor("noise.bin", random) >= random.length);
  const bob = await scene.enterHere("Bob");
  await bob.type("/download lines.txt");
  await bob.sees('"lines.txt" (18.6 MB) is in');
  await requireReceived(scene, "Bob", "lines.txt", text);
});

test("scenario: upload, list, download, same bytes", async (scene) => {
  await scene.start();
  const bytes = someBytes(300_000);
  const path = await make(scene, "Alice", "data.csv", bytes);
  assertEquals((await script(scene, "Alice", "upload", path)).code, 0);
  assertMatch((await script(scene, "Bob", "files")).out, /1\. 300 kB data\.csv Alice, /);
  assertEquals((await script(scene, "Bob", "download", "data.csv")).code, 0);
  await requireReceived(scene, "Bob", "data.csv", bytes);
});

test("scenario: the upload queue is full, and whoever waits is told and comes to it", async (scene) => {
  await scene.startHere({ bounds: { uploadsMax: 1 }, alone: shares });
  await using relay = new Relay(scene.server.port, megabyte / 2);
  const long = await make(scene, "Alice", "long.bin", someBytes(20 * megabyte));
  const short = await make(scene, "Bob", "short.bin", someBytes(1000));
  const [alice, bob] = [
    await scene.enterHere("Alice", { port: relay.port }),
    await scene.enterHere("Bob"),
  ];
  const before = relay.came.up;
  await alice.type(`/upload ${long}`);
  await relay.until("up", before + 100_000);
  await bob.type(`/upload ${short}`);
  await bob.sees('Sending "short.bin"');
  // What is listed stands as it was: it is asked for until the server has answered the offer.
  const isTold = () => bob.all("place 1 in the queue").length > 0;
  for (let time = 0; time < 100 && !isTold(); time++) {
    await bob.type("/transfers", `look ${time}.`);
    await bob.sees(`look ${time}. ✓`);
  }
  assert(isTold(), bob.lines.join("\n"));
  relay.bytesPerSecond = 20 * megabyte;
  await alice.type("/cancel");
  await bob.sees("Bob shared short.bin (1 kB)");
});

test("scenario: somebody vanishes in the middle of a transfer, and goes on when back", async (scene) => {
  await scene.start();
  await using relay = new Relay(scene.server.port, 3 * megabyte);
  const bytes = someBytes(6 * megabyte);
  const path = await make(scene, "Alice", "long.bin", bytes);
  const [alice, bob] = [await enterOver(scene, relay, "Alice"), await scene.enterHere("Bob")];
  const before = relay.came.up;
  await alice.type(`/upload ${path}`);
  await relay.until("up", before + 2 * megabyte);
  await alice.kill();
  relay.bytesPerSecond = Infinity;
  await bob.sees("Alice went");
  await bob.type("unharmed");
  await bob.sees("unharmed ✓");
  const again = await scene.enterHere("Alice", { port: relay.port });
  await again.sees("1 file goes on");
  await bob.sees("Alice shared long.bin (6 MB)");
  await bob.type("/download long.bin");
  await bob.sees('"long.bin" (6 MB) is in');
  await requireReceived(scene, "Bob", "long.bin", bytes);
});

test("scenario: an oversized and a forbidden file are refused in a sentence", async (scene) => {
  await scene.startHere({ bounds: presets.classroom });
  const large = await make(scene, "Alice", "large.pdf", someBytes(3_200_000));
  const program = await make(scene, "Alice", "game.exe", someBytes(10));
  const alice = await scene.enterHere("Alice");
  await alice.type(`/upload ${large}`, `/upload ${program}`);
  assertMatch(await alice.sees('Cannot take "large.pdf"'), /3145728 bytes|3\.1 MB/);
  assertMatch(await alice.sees('Cannot take "game.exe"'), /\.txt.*\.pdf.*\.jpg.*\.png/);
  await alice.type("goes on");
  await alice.sees("goes on ✓");
});

test("scenario: SIGINT in the middle of a transfer, which goes on when the server is back", async (scene) => {
  const server = await scene.start();
  await using relay = new Relay(server.port, 3 * megabyte);
  const bytes = someBytes(6 * megabyte);
  const path = await make(scene, "Alice", "long.bin", bytes);
  const alice = await scene.enterHere("Alice", { port: relay.port });
  const before = relay.came.up;
  await alice.type(`/upload ${path}`);
  await relay.until("up", before + 2 * megabyte);
  assertEquals((await server.stop("SIGINT")).code, 0);
  assertEquals(library(scene), []);
  relay.bytesPerSecond = Infinity;
  await server.start();
  await alice.sees("Alice shared long.bin (6 MB)");
  assertEquals((await scene.scriptHere("Bob", "download", "long.bin")).code, 0);
  await requireReceived(scene, "Bob", "long.bin", bytes);
});

test("scenario: a fetched file whose name is taken leaves what is there alone", async (scene) => {
  await scene.startHere({ keepsFiles: true });
  const bytes = someBytes(3000);
  const path = await make(scene, "Alice", "report.pdf", bytes);
  assertEquals((await scene.scriptHere("Alice", "upload", path)).code, 0);
  const mine = new TextEncoder().encode("my own report");
  await make(scene, "Bob", "received/report.pdf", mine);
  for (const name of ["report (2).pdf", "report (3).pdf"]) {
    assertEquals((await scene.scriptHere("Bob", "download", "report.pdf")).code, 0);
    await requireReceived(scene, "Bob", name, bytes);
  }
  await requireReceived(scene, "Bob", "report.pdf", mine);
});
