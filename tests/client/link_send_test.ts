import { assertEquals, assertRejects } from "@std/assert";
import { keptMax } from "../../lib/client/kept.ts";
import { ChatError } from "../../lib/errors.ts";
import { turn } from "../helpers/fake_clock.ts";
import { welcome } from "../helpers/scripted_server.ts";
import { say, Scene } from "../helpers/link_scene.ts";

Deno.test("send() resolves by the answer's re, in whatever order answers come", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const one = scene.link.send("say", say("one"));
  const two = scene.link.send("say", say("two"));
  const [first, second] = [await peer.take("say"), await peer.take("say")];
  await peer.ok(second, { seq: 2, at: 1 });
  await peer.ok(first, { seq: 1, at: 1 });
  assertEquals([(await one).seq, (await two).seq], [1, 2]);
});

Deno.test("send() rejects with what the server refuses", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const refused = assertRejects(() => scene.link.send("say", say("x")), ChatError, "disk_full");
  await peer.refuse(await peer.take("say"), "disk_full");
  await refused;
});

Deno.test("send() of what may come only minutes later rejects, and holds nothing up", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const refused = assertRejects(() => scene.link.send("say", say("x")), ChatError, "slow_down");
  await peer.refuse(await peer.take("say"), "slow_down", { retry_ms: 300_000 });
  await refused;
  const next = scene.link.send("say", say("elsewhere"));
  await peer.accept("say", { seq: 1, at: 1 });
  assertEquals((await next).seq, 1);
});

Deno.test("send() rejects where an answer isn't what it must be", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const refused = assertRejects(() => scene.link.send("users", {}), ChatError, "answer to users");
  await peer.ok(await peer.take("users"), { users: "nobody", more: 7 });
  await refused;
});

Deno.test("send() of what stores nothing is refused without a connection", async () => {
  await using scene = new Scene();
  const error = await assertRejects(() => scene.link.send("users", {}), ChatError);
  assertEquals(error.code, "unavailable");
});

Deno.test("send() of what stores nothing is refused when the connection is lost", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const lost = assertRejects(() => scene.link.send("users", {}), ChatError, "lost");
  await peer.take("users");
  peer.cut();
  await lost;
});

Deno.test("send() of what a download begins with outlives a connection, but begins with one", async () => {
  await using scene = new Scene();
  await assertRejects(() => scene.link.send("files", {}), ChatError, "isn't there now");
  const first = await scene.online();
  const sent = scene.link.send("files", {});
  await first.take("files");
  first.cut();
  await turn();
  await scene.clock.tick(1000);
  const second = await scene.online();
  await second.accept("files", { files: [], more: false });
  assertEquals((await sent).files, []);
});

Deno.test("send() of a line that no server would read is refused", async () => {
  await using scene = new Scene();
  await scene.online();
  const text = "\t".repeat(40_000);
  const error = await assertRejects(() => scene.link.send("say", say(text)), ChatError);
  assertEquals(error.code, "too_long");
});

Deno.test("what wasn't answered is sent again in order under the same cid", async () => {
  await using scene = new Scene();
  const sent = ["early", "one", "two", "three"].map((text) => scene.link.send("say", say(text)));
  const first = await scene.online();
  await first.accept("say", { seq: 1, at: 1 });
  for (const text of ["one", "two"]) assertEquals((await first.take("say")).text, text);
  first.cut();
  await turn();
  const late = scene.link.send("say", say("late"));
  await scene.clock.tick(1000);
  const second = await scene.online();
  const seen: unknown[] = [];
  for (const seq of [2, 3, 4, 5]) seen.push((await second.accept("say", { seq, at: 1 })).cid);
  assertEquals(seen, ["cid-one", "cid-two", "cid-three", "cid-late"]);
  assertEquals((await Promise.all([...sent, late])).map(({ seq }) => seq), [1, 2, 3, 4, 5]);
});

Deno.test("what is sent once, while a hello is told, goes before what was kept", async () => {
  await using scene: Scene = new Scene({
    onStatus: ({ is }) => {
      if (is !== "online") return;
      scene.link.send("join", { room: "dev" }, { once: true }).catch(() => {});
    },
  });
  scene.link.send("say", say("kept")).catch(() => {});
  const peer = await scene.server.accept();
  await peer.accept("hello", welcome());
  await peer.take("join");
  await peer.take("say");
});

Deno.test("a refusal that passes with time holds back what was said after it", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const one = scene.link.send("say", say("one"));
  await peer.refuse(await peer.take("say"), "unavailable", { retry_ms: 3000 });
  await turn();
  const two = scene.link.send("say", say("two"));
  await scene.clock.tick(2900);
  await scene.clock.tick(1000);
  assertEquals((await peer.accept("say", { seq: 1, at: 1 })).text, "one");
  assertEquals((await peer.accept("say", { seq: 2, at: 1 })).text, "two");
  assertEquals([(await one).seq, (await two).seq], [1, 2]);
});

Deno.test("what a stopping server refuses goes to the next connection", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const sent = scene.link.send("say", say("one"));
  await peer.refuse(await peer.take("say"), "closing", { retry_ms: 1000 });
  await scene.clock.tick(3000);
  const next = await scene.online();
  await next.accept("say", { seq: 1, at: 1 });
  assertEquals((await sent).seq, 1);
});

Deno.test("send() is refused where too much waits to be sent", async () => {
  await using scene = new Scene();
  for (let index = 0; index < keptMax; index++) {
    scene.link.send("say", say(`${index}`)).catch(() => {});
  }
  const error = await assertRejects(() => scene.link.send("say", say("more")), ChatError);
  assertEquals(error.code, "slow_down");
});

Deno.test("what isn't right in what comes is passed over", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  await peer.raw('nonsense\n[1]\n"x"\n{}\n{"t":7}\n{"t":"ok","re":999}\n{"t":"said","seq":"x"}\n');
  await peer.raw(
    '{"t":"refused"}\n{"t":"came","users":7}\n{"t":"pinned","room":"lobby","seq":1}\n',
  );
  await peer.send({ t: "came", users: ["bob"] });
  await turn();
  assertEquals(scene.events, ["unknown", "came"]);
  assertEquals(scene.status.is, "online");
});
