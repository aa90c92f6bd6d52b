import { assertEquals } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { ChatScene } from "../helpers/chat_scene.ts";
import { turn } from "../helpers/fake_clock.ts";
import { said } from "../helpers/scripted_server.ts";

const left = { cid: "c1", text: "from before", at: 5, state: "sending" } as const;

Deno.test("putBack() sends what an earlier run said under the cid that it had", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  scene.chat.putBack("lobby", left);
  assertEquals(scene.view("lobby").outgoing, [left]);
  const command = await peer.take("say");
  assertEquals([command.cid, command.text], ["c1", "from before"]);
  await peer.send(said(1, { user: "alice", uid: "u1", cid: "c1", text: "from before" }));
  await peer.ok(command, { seq: 1, at: 1 });
  await turn();
  assertEquals(scene.view("lobby").outgoing, []);
});

Deno.test("putBack() leaves what failed for its user to try again", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const error = new ChatError("not_allowed", "You may not");
  scene.chat.putBack("lobby", { ...left, state: "failed", error });
  assertEquals(scene.view("lobby").outgoing.map(({ state }) => state), ["failed"]);
  scene.chat.retry("lobby", "c1");
  assertEquals((await peer.take("say")).cid, "c1");
});

Deno.test("putBack() takes a message once", async () => {
  await using scene = new ChatScene();
  await scene.accept();
  scene.chat.putBack("lobby", left);
  scene.chat.putBack("lobby", left);
  assertEquals(scene.view("lobby").outgoing.length, 1);
});

Deno.test("look() away lets what comes be unread, and looking again reads it", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  scene.chat.focus("lobby");
  scene.chat.look(false);
  await peer.send(said(1));
  await turn();
  assertEquals(scene.view("lobby").unread, 1);
  scene.chat.look(true);
  assertEquals([scene.view("lobby").unread, scene.view("lobby").readSeq], [0, 1]);
});
