import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { type LoginFile, openLogin } from "../../lib/terminal/login.ts";
import { folderTest } from "../helpers/own_folder.ts";
import { uid } from "./views.ts";

const alice = { user: "Alice", uid: uid("a"), token: "secret" };

/** A test with a folder for logins, which isn't there yet. */
function loginTest(name: string, run: (folder: string) => Promise<void>): void {
  folderTest(name, (folder) => run(join(folder, "logins")));
}

async function open(folder: string, user: string, share: boolean = false): Promise<LoginFile> {
  const opened = await openLogin({ folder, server: "127.0.0.1:5000", user }, { share });
  assert(opened.is === "open", opened.is);
  return opened.login;
}

function loginFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    /\.json$/.test(name)
  );
}

loginTest("a login is kept for the next run, under the name in any case", async (folder) => {
  {
    using login = await open(folder, "Alice");
    login.keep(alice);
  }
  using again = await open(folder, "ALICE");
  assertEquals(again.saved, alice);
});

loginTest("only its owner can read a login", async (folder) => {
  using login = await open(folder, "Alice");
  login.keep(alice);
  const [name] = loginFiles(folder);
  assertEquals((await Deno.stat(join(folder, name))).mode! & 0o777, 0o600);
  assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
});

loginTest("a login in use is taken, and free again when it is closed", async (folder) => {
  {
    using _login = await open(folder, "Alice");
    const name = { folder, server: "127.0.0.1:5000", user: "alice" };
    assertEquals((await openLogin(name)).is, "taken");
  }
  using _again = await open(folder, "Alice");
});

loginTest("a device reads a login in use and changes nothing of it", async (folder) => {
  using login = await open(folder, "Alice");
  login.keep(alice);
  using device = await open(folder, "Alice", true);
  assertEquals(device.saved, alice);
  device.keep({ ...alice, token: "another" });
  using third = await open(folder, "Alice", true);
  assertEquals(third.saved, alice);
});

loginTest("logins of other users and other servers are others", async (folder) => {
  using login = await open(folder, "Alice");
  login.keep(alice);
  using bob = await open(folder, "Bob");
  assertEquals(bob.saved, undefined);
  const opened = await openLogin({ folder, server: "127.0.0.1:6000", user: "Alice" });
  assert(opened.is === "open");
  using elsewhere = opened.login;
  assertEquals(elsewhere.saved, undefined);
});

for (const damaged of ["", "{", '{"user":"Alice"}', '{"user":1,"uid":"a","token":"t"}', "\0\0"]) {
  loginTest(
    `a login damaged to ${JSON.stringify(damaged)} is set aside with a sentence`,
    async (folder) => {
      {
        using login = await open(folder, "Alice");
        login.keep(alice);
      }
      const [name] = loginFiles(folder);
      await Deno.writeTextFile(join(folder, name), damaged);
      const opened = await openLogin({ folder, server: "127.0.0.1:5000", user: "Alice" });
      assert(opened.is === "open");
      using login = opened.login;
      assertEquals(login.saved, undefined);
      assertMatch(opened.said ?? "", /was damaged and is now ".*\.damaged": going on without it$/);
      assertEquals(await Deno.readTextFile(join(folder, `${name}.damaged`)), damaged);
    },
  );
}

loginTest("a folder that can't be used gives a sentence", async (folder) => {
  await Deno.writeTextFile(folder, "a file");
  const opened = await openLogin({ folder, server: "s", user: "Alice" });
  assert(opened.is === "unusable");
  assertMatch(opened.sentence, /^Cannot keep your login in ".*": /);
});

loginTest("a name of any script makes a file name that every system takes", async (folder) => {
  using login = await open(folder, "阿".repeat(32));
  login.keep({ ...alice, user: "阿".repeat(32) });
  assertMatch(loginFiles(folder)[0], /^login-user-[0-9a-f]{12}\.json$/);
});
