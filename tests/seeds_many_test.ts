/** Of what earlier systems could do (seeds_test.ts), the rows and scenarios with large numbers. */

import { assertEquals } from "@std/assert";
import { tcpDial } from "../lib/client/tcp.ts";
import { systemClock } from "../lib/system_clock.ts";
import type { Peer } from "./helpers/peer.ts";
import { allSay, crowd, logged, texts } from "./helpers/scene.ts";
import { sharedSceneTest as test, SharedServer } from "./helpers/shared_scene.ts";
import { size } from "./helpers/size.ts";
import { WatchedChat } from "./helpers/watched_chat.ts";

const bench = new SharedServer(["--preset", "bench"]);

test("row 24: thousands of clients hear the same message", async (scene) => {
  await scene.start(["--connections-per-address-max", "0"]);
  const peers: Peer[] = [];
  for (let left = size(2000, 10_000); left > 0; left -= 100) {
    const more = Array.from({ length: 100 }, (_, index) => scene.server.join(`p${left}-${index}`));
    peers.push(...await Promise.all(more));
  }
  await peers[0].ok({ t: "say", room: "lobby", text: "all of you" });
  for (const peer of peers) assertEquals((await peer.next("said")).text, "all of you");
});

test("scenario: much is said by many at once, and all of it arrives", async (scene) => {
  await scene.at(bench);
  const peers = await crowd(scene.server, 50, "dev");
  const said = await allSay(peers, size(20, 500), "dev");
  const heard = await texts(peers[7], said.length);
  assertEquals(heard.toSorted(), said.toSorted());
  assertEquals(await logged(peers[0], "dev"), heard);
});

test("scenario: no message that was acknowledged is lost or doubled by a crash", async (scene) => {
  const server = await scene.at(bench);
  const clock = systemClock();
  const dial = tcpDial({ host: "127.0.0.1", port: server.port }, clock);
  const talker = new WatchedChat({ dial, clock, random: Math.random });
  await talker.first("begun");
  const count = size(300, 3000);
  const cids: string[] = [];
  for (let index = 0; index < count; index++) {
    cids.push(talker.chat.say("lobby", `message ${index}`));
    // A chat keeps so many that aren't acknowledged, and no more.
    if (index % 200 === 199) await talker.first("delivered", ({ cid }) => cid === cids[index - 99]);
  }
  await server.kill();
  await server.start();
  for (const cid of cids) await talker.first("delivered", (change) => change.cid === cid);
  await talker.chat.close();
  assertEquals(
    await logged(await scene.server.join("Bob"), "lobby"),
    cids.map((_, n) => `message ${n}`),
  );
});
