/** Accounts on a real server, which dies without a warning. */

import { assert, assertEquals } from "@std/assert";
import { RealServer } from "./helpers/real_server.ts";

const password = "correct horse";

Deno.test("accounts, their passwords and logins outlive a server's death", async () => {
  await using server = await RealServer.start({ permissions: "task", hasSlowPasswords: true });
  const alice = await server.join("Alice");
  await alice.ok({ t: "join", room: "physics" });
  await alice.ok({ t: "register", password });
  const phone = await server.connect();
  await phone.hello("Alice", { password, agent: "phone" });
  await phone.ok({ t: "logout" });
  await server.kill();
  await server.start();
  const late = await server.connect();
  assertEquals(await late.refused({ t: "hello", v: 1, token: phone.token }), "bad_login");
  assertEquals(await late.refused({ t: "hello", v: 1, user: "alice" }), "name_taken");
  const came = await late.hello("alice", { password });
  assertEquals([came.uid, came.user, came.role], [alice.uid, "Alice", "member"]);
  assertEquals((came.rooms as { room: string }[]).map(({ room }) => room), ["lobby", "physics"]);
  const again = await server.connect();
  await again.hello("Alice", { token: alice.token });
  const { logins } = await again.ok({ t: "logins" });
  assertEquals((logins as unknown[]).length, 2);
  for (const peer of [alice, phone, late, again]) peer.close();
});

Deno.test("the name of --owner is kept, and whoever registers it owns the server", async () => {
  await using server = await RealServer.start({ args: ["--owner=Ada"] });
  const code = await server.printed(/^Owner: whoever comes as "Ada" .* with the invitation (\S+),/);
  assert(code.length > 15, code);
  const ada = await server.join("Ada");
  assertEquals((await ada.ok({ t: "register", password })).role, "owner");
  await server.kill();
  const before = server.lines.length;
  await server.start();
  const since = server.lines.slice(before);
  assertEquals(since.filter((line) => line.startsWith("Owner:")), []);
  const back = await server.connect();
  assertEquals((await back.hello("Ada", { password })).role, "owner");
  for (const peer of [ada, back]) peer.close();
});
