import { assert, assertEquals } from "@std/assert";
import { ChatScene, page, saids } from "../helpers/chat_scene.ts";
import { turn } from "../helpers/fake_clock.ts";
import { lobbyRow, said } from "../helpers/scripted_server.ts";

Deno.test("entering reads the last lines, then what happens, with no gap and no double", async () => {
  await using scene = new ChatScene({ historyLines: 2 });
  const peer = await scene.accept({ rooms: [lobbyRow(5)] });
  const asked = await peer.take("history");
  assertEquals([asked.before, asked.limit], [6, 2]);
  await peer.send(said(6), said(7));
  await peer.ok(asked, page(7, [said(4), said(5), said(6)]));
  await peer.send(said(8));
  await turn();
  assertEquals(scene.told("lobby"), [
    "begun",
    "said 4 read",
    "said 5 read",
    "said 6 live",
    "said 7 live",
    "said 8 live",
  ]);
});

Deno.test("a gap is read after a reconnection, while what happens waits its turn", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const peer = await scene.again(first, { rooms: [lobbyRow(4)] });
  const asked = await peer.take("history");
  assertEquals(asked.after, 1);
  await peer.send(said(5), said(6));
  await peer.ok(asked, page(6, saids(2, 6)));
  await turn();
  assertEquals(scene.told("lobby"), [
    "begun",
    "said 1 live",
    "gap 3+0",
    "said 2 read",
    "said 3 read",
    "said 4 read",
    "said 5 live",
    "said 6 live",
  ]);
});

Deno.test("a reconnection without a gap tells none", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const peer = await scene.again(first, { rooms: [lobbyRow(1)] });
  await peer.send(said(2));
  await turn();
  assertEquals(scene.told("lobby"), ["begun", "said 1 live", "said 2 live"]);
});

Deno.test("a hole in what happens is read", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1), said(4), said(5));
  const asked = await peer.take("history");
  assertEquals(asked.after, 1);
  await peer.ok(asked, page(5, saids(2, 5)));
  await turn();
  assertEquals(scene.told("lobby").slice(2), [
    "gap 2+0",
    "said 2 read",
    "said 3 read",
    "said 4 live",
    "said 5 live",
  ]);
});

Deno.test("an event that comes twice is shown once", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1), said(1), said(2), said(1));
  await turn();
  assertEquals(scene.told("lobby"), ["begun", "said 1 live", "said 2 live"]);
});

Deno.test("an event of an unknown kind counts", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1), { ...said(2), t: "pinned" }, said(3));
  await turn();
  assertEquals(scene.told("lobby"), ["begun", "said 1 live", "said 3 live"]);
});

Deno.test("a long gap is read page by page and told once, its oldest messages not kept", async () => {
  await using scene = new ChatScene({ messagesMax: 300 });
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const peer = await scene.again(first, { rooms: [lobbyRow(1001)] });
  for (let after = 1; after < 1001; after += 200) {
    const asked = await peer.take("history");
    assertEquals(asked.after, after);
    await peer.send(said(1001 + Math.ceil(after / 200)));
    await peer.ok(asked, page(1001, saids(after + 1, after + 200), { more: after < 801 }));
  }
  await scene.reached("lobby", 1006);
  assertEquals(scene.all("gap").map(({ missed, lost }) => [missed, lost]), [[1000, 0]]);
  assertEquals(
    scene.all("event").map(({ event }) => event.seq),
    Array.from({ length: 1006 }, (_, index) => index + 1),
  );
  const { messages, older, seq } = scene.view("lobby");
  assert(messages.length >= 300 && messages.length <= 400);
  assertEquals([messages.at(-1)?.seq, older, seq], [1006, true, 1006]);
});

Deno.test("more than is held while a gap is read is read as well", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const peer = await scene.again(first, { rooms: [lobbyRow(2)] });
  let asked = await peer.take("history");
  await peer.send(...saids(3, 1200));
  while (scene.view("lobby").seq < 1200) {
    const from = Number(asked.after) + 1;
    const to = Math.min(from + 199, 1200);
    await peer.ok(asked, page(1200, saids(from, to), { more: to < 1200 }));
    await turn();
    if (scene.view("lobby").seq < 1200) asked = await peer.take("history");
  }
  const seqs = scene.all("event").map(({ event }) => event.seq);
  assertEquals(seqs, Array.from({ length: 1200 }, (_, index) => index + 1));
});

Deno.test("what the server no longer has is told as lost", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const peer = await scene.again(first, { rooms: [lobbyRow(9)] });
  await peer.ok(await peer.take("history"), page(9, saids(7, 9), { first: 7 }));
  await turn();
  assertEquals(scene.told("lobby").slice(2), [
    "gap 3+5",
    "said 7 read",
    "said 8 read",
    "said 9 read",
  ]);
  assertEquals([...scene.view("lobby").lost], [[1, 5]]);
});

Deno.test("a gap is asked for again where the connection is lost meanwhile", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1));
  await turn();
  const second = await scene.again(first, { rooms: [lobbyRow(3)] });
  await second.take("history");
  const third = await scene.again(second, { rooms: [lobbyRow(4)] });
  await third.ok(await third.take("history"), page(4, saids(2, 4)));
  await turn();
  assertEquals(scene.told("lobby").slice(2), [
    "gap 3+0",
    "said 2 read",
    "said 3 read",
    "said 4 read",
  ]);
});

Deno.test("what happens before the first lines could be read is a gap after them", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept({ rooms: [lobbyRow(2)] });
  await first.take("history");
  await first.send(said(3));
  const peer = await scene.again(first, { rooms: [lobbyRow(5)] });
  const lines = await peer.take("history");
  assertEquals(lines.before, 3);
  await peer.ok(lines, page(5, saids(1, 2)));
  const gap = await peer.take("history");
  assertEquals(gap.after, 2);
  await peer.ok(gap, page(5, saids(3, 5)));
  await turn();
  assertEquals(scene.told("lobby"), [
    "begun",
    "said 1 read",
    "said 2 read",
    "gap 3+0",
    "said 3 read",
    "said 4 read",
    "said 5 read",
  ]);
});

Deno.test("a gap is asked for again where the storage was away", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1), said(3));
  await peer.refuse(await peer.take("history"), "unavailable", { retry_ms: 500 });
  await scene.clock.tick(2000);
  await peer.ok(await peer.take("history"), page(3, saids(2, 3)));
  await turn();
  assertEquals(scene.told("lobby").slice(2), ["gap 1+0", "said 2 read", "said 3 live"]);
});

Deno.test("older() reads what was before, once", async () => {
  await using scene = new ChatScene({ historyLines: 2 });
  const peer = await scene.accept({ rooms: [lobbyRow(9)] });
  await peer.accept("history", page(9, saids(8, 9), { more: true }));
  await turn();
  const older = scene.chat.older("lobby", 3);
  const asked = await peer.take("history");
  assertEquals([asked.before, asked.limit], [8, 3]);
  await peer.ok(asked, page(9, saids(5, 7), { more: true }));
  assertEquals((await older).map(({ seq }) => seq), [5, 6, 7]);
  assertEquals(scene.view("lobby").messages.map(({ seq }) => seq), [5, 6, 7, 8, 9]);
  assertEquals(scene.all("event").length, 2);
});

Deno.test("older() asked for twice at once reads once", async () => {
  await using scene = new ChatScene({ historyLines: 2 });
  const peer = await scene.accept({ rooms: [lobbyRow(9)] });
  await peer.accept("history", page(9, saids(8, 9), { more: true }));
  await turn();
  const both = [scene.chat.older("lobby", 3), scene.chat.older("lobby", 3)];
  for (let time = 0; time < 2; time++) {
    await peer.accept("history", page(9, saids(5, 7), { more: true }));
  }
  assertEquals((await Promise.all(both)).map(({ length }) => length), [3, 0]);
  assertEquals(scene.view("lobby").messages.map(({ seq }) => seq), [5, 6, 7, 8, 9]);
});

Deno.test("messages kept are bounded", async () => {
  await using scene = new ChatScene({ messagesMax: 50 });
  const peer = await scene.accept();
  await peer.send(...saids(1, 1000));
  await turn();
  const { messages } = scene.view("lobby");
  assert(messages.length <= 150, `${messages.length}`);
  assertEquals(messages.at(-1)?.seq, 1000);
});

Deno.test("a log that has become shorter is another one, but on a node that is behind", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  await first.send(said(1), said(2), said(3));
  await turn();
  const behind = await scene.again(first, { rooms: [lobbyRow(1)], behind: true });
  await behind.send(said(2), said(3), said(4));
  await turn();
  const all = ["begun", "said 1 live", "said 2 live", "said 3 live", "said 4 live"];
  assertEquals(scene.told("lobby"), all);
  const other = await scene.again(behind, { rooms: [lobbyRow(1)] });
  await other.accept("history", page(1, [said(1)]));
  await turn();
  assertEquals(scene.told("lobby"), [...all, "ended", "begun", "said 1 read"]);
});
