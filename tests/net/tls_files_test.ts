import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { Journal } from "../../lib/log.ts";
import { openTls, type Tls } from "../../lib/net/tls_files.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const dayMs = 86_400_000;
const goodMs = 397 * dayMs;

/** A folder, a clock, and what the log says. */
class Scene implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log: string[] = [];
  readonly folder: string;
  names = ["localhost", "127.0.0.1"];
  readonly #journal = new Journal({
    write: (lines) => void this.log.push(lines),
    clock: this.clock,
    format: "text",
    quiet: false,
  });

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<Scene> {
    const scene = new Scene(await Deno.makeTempDir({ prefix: "parley-test-" }));
    await scene.clock.tick(Date.now() - scene.clock.now());
    return scene;
  }

  /** What the log says, in one. */
  async logged(): Promise<string> {
    await this.#journal.flush();
    return this.log.join("");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  own(): Promise<Tls> {
    const { clock, folder } = this;
    return openTls({ clock, journal: this.#journal, folder, names: () => this.names });
  }

  given(): Promise<Tls> {
    const given = { cert: this.path("given.crt"), key: this.path("given.key") };
    return openTls({ clock: this.clock, journal: this.#journal, given });
  }

  /** Puts a new pair where `given` looks, or one half of it. */
  async give(halves: readonly ("crt" | "key")[] = ["crt", "key"]): Promise<void> {
    const folder = await Deno.makeTempDir({ dir: this.folder });
    using _made = await openTls({
      ...{ clock: this.clock, journal: this.#journal },
      ...{ folder, names: () => ["chat.example.org"] },
    });
    for (const half of halves) {
      await Deno.rename(join(folder, `tls.${half}`), this.path(`given.${half}`));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assertEquals(this.clock.waiting, 0);
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function looked(tls: Tls, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await tls.look();
}

Deno.test("a server's own key and certificate are made once, and read by nobody else", async () => {
  await using scene = await Scene.start();
  using first = await scene.own();
  const { sha256, names, isOwn } = first.current;
  assertEquals([names, isOwn], [["127.0.0.1", "localhost"], true]);
  for (const name of ["tls.key", "tls.crt"]) {
    assertEquals((await Deno.stat(scene.path(name))).mode! & 0o777, 0o600);
  }
  using second = await scene.own();
  assertEquals([second.current.cert, second.current.sha256], [first.current.cert, sha256]);
});

Deno.test("other names make another certificate of the same key, while it runs and before", async () => {
  await using scene = await Scene.start();
  using tls = await scene.own();
  const before = tls.current;
  scene.names = ["localhost", "10.0.0.7", "::1", "chat.example.org"];
  await scene.clock.tick(3_600_000);
  while (tls.current === before) await Deno.stat(scene.folder);
  assertEquals(tls.current.names.includes("10.0.0.7"), true);
  assertEquals(tls.current.sha256, before.sha256);
  using next = await scene.own();
  assertEquals(next.current.cert, tls.current.cert);
});

Deno.test("a certificate is made again a month before its end, of the same key", async () => {
  await using scene = await Scene.start();
  const first = await scene.own();
  first[Symbol.dispose]();
  await scene.clock.tick(goodMs - 31 * dayMs);
  const same = await scene.own();
  same[Symbol.dispose]();
  assertEquals(same.current.cert, first.current.cert);
  await scene.clock.tick(2 * dayMs);
  using renewed = await scene.own();
  assert(renewed.current.validTo > first.current.validTo);
  assertEquals(renewed.current.sha256, first.current.sha256);
});

Deno.test("a damaged key is never replaced by another one: clients would refuse that", async () => {
  await using scene = await Scene.start();
  (await scene.own())[Symbol.dispose]();
  await Deno.writeTextFile(scene.path("tls.key"), "rubbish");
  const { message } = await assertRejects(() => scene.own(), Error);
  assertMatch(message, /^Cannot use the server's key in ".*tls\.key": restore it; without it/);
  assertEquals(await Deno.readTextFile(scene.path("tls.key")), "rubbish");
});

Deno.test("a damaged certificate is made again of the same key", async () => {
  await using scene = await Scene.start();
  const first = await scene.own();
  first[Symbol.dispose]();
  await Deno.writeTextFile(scene.path("tls.crt"), "rubbish");
  using again = await scene.own();
  assertEquals(again.current.sha256, first.current.sha256);
});

Deno.test("given files are shown anew when both have changed", async () => {
  await using scene = await Scene.start();
  await scene.give();
  using tls = await scene.given();
  const before = tls.current;
  await looked(tls, 3);
  assertEquals(tls.current, before);
  await scene.give();
  await tls.look();
  assertEquals(tls.current, before, "they have only just changed");
  await tls.look();
  assert(tls.current.cert !== before.cert);
  assertEquals(await scene.logged(), "");
});

Deno.test("given files are looked at from time to time", async () => {
  await using scene = await Scene.start();
  await scene.give();
  using tls = await scene.given();
  const before = tls.current;
  await scene.give();
  while (tls.current === before) await scene.clock.tick(5000);
});

Deno.test("given files that don't belong together are logged, and change nothing", async () => {
  await using scene = await Scene.start();
  await scene.give();
  using tls = await scene.given();
  const before = tls.current;
  await scene.give(["crt"]);
  await looked(tls, 3);
  assertEquals(tls.current, before);
  assertMatch(await scene.logged(), /given\.key.*belongs to another certificate/);
  assertEquals((await scene.logged()).match(/belongs to/g)?.length, 1, "once is enough");
  await Deno.remove(scene.path("given.key"));
  await looked(tls, 2);
  assertMatch(await scene.logged(), /there is no such file/);
  await scene.give();
  await looked(tls, 2);
  assert(tls.current.cert !== before.cert);
});

const wrong: readonly [string, (scene: Scene) => Promise<void>, RegExp][] = [
  [
    "a missing file",
    () => Promise.resolve(),
    /^Cannot read ".*given\.crt": there is no such file$/,
  ],
  [
    "a file that is no certificate",
    (scene) => Deno.writeTextFile(scene.path("given.crt"), "rubbish"),
    /^Cannot use ".*given\.crt": no certificate in PEM is in it$/,
  ],
  [
    "a key that is none",
    (scene) => Deno.writeTextFile(scene.path("given.key"), "rubbish"),
    /^Cannot use ".*given\.key": no private key in PEM, without a password, is in it$/,
  ],
  ["halves of two pairs", (scene) => scene.give(["key"]), /belongs to another certificate$/],
  [
    "a certificate that is over",
    (scene) => scene.clock.tick(goodMs + dayMs),
    /^Cannot use ".*given\.crt": it was good until .*; renew it$/,
  ],
];
for (const [what, spoil, sentence] of wrong) {
  Deno.test(`${what} is refused at the start in one sentence`, async () => {
    await using scene = await Scene.start();
    if (what !== "a missing file") await scene.give();
    await spoil(scene);
    const { message } = await assertRejects(() => scene.given(), Error);
    assertMatch(message, sentence);
  });
}
