import { assert, assertEquals } from "@std/assert";
import { Ways } from "../../lib/client/ways.ts";
import { turn } from "../helpers/fake_clock.ts";
import { say, Scene } from "../helpers/link_scene.ts";
import { type ScriptedPeer, ScriptedServer, welcome } from "../helpers/scripted_server.ts";

/** At the latest, between two looks at the other addresses. */
const lookMs = 20_000;

/** A link to one of two servers, which says that it can't keep anything. */
async function stalledScene() {
  const servers = { one: new ScriptedServer(), other: new ScriptedServer() };
  const ways = new Ways({
    typed: ["one", "other"],
    random: () => 0.5,
    dialTo: (address) => address === "one" ? servers.one.dial : servers.other.dial,
  });
  const scene = new Scene({ dial: Object.assign(() => ways.dial(), { elsewhere: ways }) });
  const first = await servers.one.accept();
  await first.accept("hello", welcome());
  await first.send({ t: "stalled", on: true });
  await turn();
  return { scene, ...servers, first };
}

/** The server says that it is there; without that a link gives it up. */
async function beat({ clock }: Scene, peer: ScriptedPeer, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10_000) {
    await peer.send({ t: "stalled", on: true });
    await clock.tick(10_000);
  }
}

Deno.test("a link says whether its server keeps things, each change once", async () => {
  await using scene = new Scene();
  const peer = await scene.online({ stalled: true });
  const isStalled = () => scene.status.is === "online" && scene.status.isStalled;
  assert(isStalled());
  for (const on of [true, false, false, true, true]) await peer.send({ t: "stalled", on });
  await turn();
  assertEquals(scene.events, ["stalled", "stalled"]);
  assert(isStalled());
  peer.cut();
  await turn();
  await scene.clock.tick(scene.waitMs);
  await scene.online();
  assert(!isStalled());
});

Deno.test("a link stays where nothing can be kept while it is so everywhere, and then goes where it can", async () => {
  const { scene, first, other } = await stalledScene();
  await using _scene = scene;
  const said = scene.link.send("say", say("waits"));
  await first.take("say");
  await beat(scene, first, lookMs);
  const look = await other.accept();
  const hello = await look.accept("hello", welcome({ stalled: true }));
  assertEquals([hello.token, hello.quiet], ["token-1", true]);
  await turn();
  assertEquals([await look.next(), scene.status.is], [undefined, "online"]);
  await beat(scene, first, 2 * lookMs);
  await (await other.accept()).accept("hello", welcome());
  await turn();
  await scene.clock.tick(500);
  const second = await other.accept();
  assertEquals((await second.accept("hello", welcome())).quiet, undefined);
  await second.ok(await second.take("say"), { seq: 1, at: 1 });
  assertEquals((await said).seq, 1);
});

Deno.test("nobody looks elsewhere when everything is kept again", async () => {
  const { scene, first, other } = await stalledScene();
  await using _scene = scene;
  await first.send({ t: "stalled", on: false });
  await turn();
  await scene.clock.tick(lookMs);
  assertEquals([other.dialled, scene.status.is], [0, "online"]);
});

Deno.test("a link that ends while it looks elsewhere ends that, too", async () => {
  const { scene, first, other } = await stalledScene();
  await beat(scene, first, lookMs);
  const look = await other.accept();
  await look.take("hello");
  first.cut();
  await scene[Symbol.asyncDispose]();
  assertEquals(await look.next(), undefined);
});
