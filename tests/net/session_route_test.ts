import { assertEquals } from "@std/assert";
import type { Route } from "../../lib/net/route.ts";
import { sessionRoutes } from "../../lib/net/session_route.ts";
import { cookieName } from "../../lib/net/web_request.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { WebScene } from "../helpers/web_scene.ts";

const whose: Route = {
  method: "GET",
  pattern: "/whose",
  run: (_core, { token = "" }) => Promise.resolve({ status: 200, body: token }),
};

const routes = [...sessionRoutes(), whose];

Deno.test("POST /session gives a cookie that no script sees and no other site sends", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  const answer = await scene.ask("/session", { method: "POST", as: alice });
  assertEquals(answer.status, 204);
  const [pair, ...flags] = (answer.headers.get("set-cookie") ?? "").split("; ");
  assertEquals(pair, `${scene.cookie}=${alice.token}`);
  assertEquals(flags, ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=2592000"]);
  assertEquals((await scene.ask("/whose", { headers: { cookie: pair } })).text, alice.token);
});

Deno.test("DELETE /session clears the cookie, for the page only", async () => {
  await using scene = await WebScene.start(routes);
  const cookie = `${scene.cookie}=abc`;
  const method = "DELETE";
  assertEquals(
    await scene.refused(403, "/session", { method, headers: { cookie } }),
    "not_allowed",
  );
  const origin = scene.url("");
  const answer = await scene.ask("/session", { method, headers: { cookie, origin } });
  assertEquals(answer.status, 204);
  assertEquals(
    answer.headers.get("set-cookie"),
    `${scene.cookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`,
  );
});

Deno.test("POST /session gives nothing for a token that is none, or too old", async () => {
  const clock = new FakeClock();
  await using scene = await WebScene.start(routes, { clock });
  const post = (headers: Record<string, string>) =>
    scene.refused(401, "/session", { method: "POST", headers });
  assertEquals(await post({}), "login_required");
  assertEquals(await post({ authorization: "Bearer nonsense" }), "bad_login");
  const alice = await scene.server.join("Alice");
  await clock.leap(31 * 24 * 60 * 60 * 1000);
  assertEquals(await post({ authorization: `Bearer ${alice.token}` }), "bad_login");
});

Deno.test("cookieName() is another one for each port, since an address shares its cookies", () => {
  const hosts = ["10.0.0.1:8080", "10.0.0.1:8081", "[::1]:80", "10.0.0.1", "[::1]", undefined];
  assertEquals(hosts.map((host) => cookieName({ host })), [
    ...["parley-8080", "parley-8081", "parley-80"],
    ...["parley-web", "parley-web", "parley-web"],
  ]);
});
