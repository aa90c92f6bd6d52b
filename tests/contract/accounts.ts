/** What every implementation of `Accounts` must do. */

import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { nameKey, type Uid } from "../../lib/names.ts";
import type { Backend, Login } from "../../lib/store.ts";
import { alice, bob, carol, keep, type Open, other, pair, room, said, user } from "./scene.ts";

function login(hash: string, { uid }: typeof alice, at: number): Login {
  return { hash, uid, agent: "terminal", at };
}

async function uids(backend: Backend): Promise<Uid[]> {
  const users = await backend.accounts.users([alice.uid, bob.uid, carol.uid]);
  return users.map(({ uid }) => uid);
}

/** Registers what `Accounts` must do. */
export function accountsContract(name: string, open: Open): void {
  users(name, open);
  refusals(name, open);
  credentials(name, open);
  logins(name, open);
  dropped(name, open);
  marks(name, open);
}

function users(name: string, open: Open): void {
  Deno.test(`${name}: save() keeps users as they are now`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice), user(bob, false)]);
    await backend.accounts.save([{ ...user(alice), name: "ALICE", role: "owner" }]);
    assertEquals(await backend.accounts.user(alice.uid), {
      ...user(alice),
      name: "ALICE",
      role: "owner",
    });
    assertEquals(await backend.accounts.user(carol.uid), undefined);
    assertEquals(await uids(backend), [alice.uid, bob.uid]);
  });

  Deno.test(`${name}: holders() are the users who hold their names`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice), user(bob, false)]);
    assertEquals(await backend.accounts.holders(), [user(alice)]);
  });
}

function refusals(name: string, open: Open): void {
  Deno.test(`${name}: save() is refused where somebody else holds a name, whole`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice)]);
    const usurper = { ...user(bob), key: nameKey("alice") };
    const error = await assertRejects(
      () => backend.accounts.save([user(carol), usurper]),
      ChatError,
    );
    assertEquals(error.code, "name_taken");
    assertEquals(await uids(backend), [alice.uid]);
  });

  Deno.test(`${name}: save() is refused where two of its users would hold a name`, async () => {
    await using backend = await open();
    const twin = { ...user(bob), key: nameKey("alice") };
    await assertRejects(() => backend.accounts.save([user(alice), twin]), ChatError);
    assertEquals(await uids(backend), []);
  });

  Deno.test(`${name}: a refused save() leaves the writes called with it alone`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice)]);
    const usurper = { ...user(bob), key: nameKey("alice") };
    const [, refused, saved] = await Promise.allSettled([
      keep(backend, [said(1)]),
      backend.accounts.save([usurper]),
      backend.accounts.save([user(carol)]),
    ]);
    assertEquals([refused.status, saved.status], ["rejected", "fulfilled"]);
    assertEquals(await uids(backend), [alice.uid, carol.uid]);
  });

  Deno.test(`${name}: save() hands a name from one of its users to another`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice)]);
    const heir = { ...user(bob), key: nameKey("alice") };
    await backend.accounts.save([heir, user(alice, false)]);
    assertEquals(await backend.accounts.holders(), [heir]);
  });

  Deno.test(`${name}: save() refuses a name that can't be stored`, async () => {
    await using backend = await open();
    const error = await assertRejects(
      () => backend.accounts.save([{ ...user(alice), name: "\ud83d" }]),
      ChatError,
    );
    assertEquals(error.code, "bad_message");
  });
}

function credentials(name: string, open: Open): void {
  Deno.test(`${name}: saveAccount() keeps a user with a credential, as both are now`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice), user(bob)]);
    await backend.accounts.saveAccount({ ...user(alice), role: "owner" }, "hers");
    assertEquals((await backend.accounts.user(alice.uid))?.role, "owner");
    assertEquals(await backend.accounts.credential(alice.uid), "hers");
    assertEquals(await backend.accounts.credential(bob.uid), undefined);
  });

  Deno.test(`${name}: of two saveAccount() of one user the second one is refused`, async () => {
    await using backend = await open();
    const { accounts } = backend;
    const saved = await Promise.allSettled([
      accounts.saveAccount({ ...user(alice), role: "member" }, "first"),
      accounts.saveAccount({ ...user(alice), role: "owner" }, "second"),
    ]);
    assertEquals(saved.map((one) => one.status === "rejected" && one.reason.code), [
      false,
      "not_allowed",
    ]);
    assertEquals((await accounts.user(alice.uid))?.role, "member");
    assertEquals(await accounts.credential(alice.uid), "first");
    // Who is a guest again may register again.
    await accounts.save([user(alice)]);
    await accounts.saveAccount({ ...user(alice), role: "member" }, "again");
    assertEquals(await accounts.credential(alice.uid), "again");
  });

  Deno.test(`${name}: save() leaves a user's credential as it is`, async () => {
    await using backend = await open();
    await backend.accounts.saveAccount(user(alice), "kept");
    await backend.accounts.save([{ ...user(alice), role: "moderator" }]);
    assertEquals(await backend.accounts.credential(alice.uid), "kept");
  });

  Deno.test(`${name}: save() drops the credential of who is a guest from now on`, async () => {
    await using backend = await open();
    await backend.accounts.saveAccount({ ...user(alice), role: "member" }, "hers");
    await backend.accounts.saveAccount({ ...user(bob), role: "member" }, "his");
    await backend.accounts.save([{ ...user(alice), role: "guest" }]);
    assertEquals(await backend.accounts.credential(alice.uid), undefined);
    assertEquals(await backend.accounts.credential(bob.uid), "his");
  });

  Deno.test(`${name}: saveCredential() changes that of an account, and makes none`, async () => {
    await using backend = await open();
    await backend.accounts.saveAccount(user(alice), "old");
    await backend.accounts.save([user(bob)]);
    await backend.accounts.saveCredential(alice.uid, "new");
    await backend.accounts.saveCredential(bob.uid, "his");
    assertEquals(await backend.accounts.credential(alice.uid), "new");
    assertEquals(await backend.accounts.credential(bob.uid), undefined);
  });

  Deno.test(`${name}: saveAccount() keeps nothing where somebody else holds the name`, async () => {
    await using backend = await open();
    await backend.accounts.saveAccount(user(alice), "hers");
    const usurper = { ...user(bob), key: nameKey("alice") };
    const error = await assertRejects(
      () => backend.accounts.saveAccount(usurper, "his"),
      ChatError,
    );
    assertEquals(error.code, "name_taken");
    assertEquals(await backend.accounts.credential(bob.uid), undefined);
    assertEquals(await uids(backend), [alice.uid]);
  });
}

function dropped(name: string, open: Open): void {
  Deno.test(`${name}: logins() are those of one user, the one used last first`, async () => {
    await using backend = await open();
    const [old, newer] = [login("old", alice, 1000), login("newer", alice, 2000)];
    for (const one of [old, newer, login("his", bob, 3000)]) {
      await backend.accounts.saveLogin(one);
    }
    assertEquals(await backend.accounts.logins(alice.uid), [newer, old]);
    assertEquals(await backend.accounts.logins(carol.uid), []);
  });

  Deno.test(`${name}: dropLogins() drops the logins that are named`, async () => {
    await using backend = await open();
    for (const hash of ["h1", "h2", "h3"]) {
      await backend.accounts.saveLogin(login(hash, alice, 1000));
    }
    await backend.accounts.dropLogins(["h1", "h3", "unknown"]);
    assertEquals(await backend.accounts.logins(alice.uid), [login("h2", alice, 1000)]);
    assertEquals(await backend.accounts.login("h1"), undefined);
  });

  Deno.test(`${name}: useLogin() keeps how a login was used, and brings none back`, async () => {
    await using backend = await open();
    for (const hash of ["h1", "h2"]) {
      await backend.accounts.saveLogin(login(hash, alice, 1000));
    }
    await Promise.all([
      backend.accounts.dropLogins(["h2"]),
      backend.accounts.useLogin({ ...login("h1", alice, 2000), agent: "page" }),
      backend.accounts.useLogin(login("h2", alice, 2000)),
    ]);
    assertEquals(await backend.accounts.logins(alice.uid), [
      { ...login("h1", alice, 2000), agent: "page" },
    ]);
  });
}

function logins(name: string, open: Open): void {
  Deno.test(`${name}: saveLogin() keeps a login as it is now`, async () => {
    await using backend = await open();
    await backend.accounts.saveLogin(login("h1", alice, 1000));
    await backend.accounts.saveLogin(login("h1", alice, 2000));
    assertEquals(await backend.accounts.login("h1"), login("h1", alice, 2000));
    assertEquals(await backend.accounts.login("h2"), undefined);
  });

  Deno.test(`${name}: forgetLogins() drops logins last used before a time`, async () => {
    await using backend = await open();
    await backend.accounts.saveLogin(login("old", alice, 999));
    await backend.accounts.saveLogin(login("new", alice, 1000));
    await backend.accounts.forgetLogins(1000);
    assertEquals(await backend.accounts.login("old"), undefined);
    assertEquals(await backend.accounts.login("new"), login("new", alice, 1000));
  });

  Deno.test(`${name}: forgetLogins() drops users nothing refers to, and their marks`, async () => {
    await using backend = await open();
    await backend.accounts.save([user(alice, false)]);
    await backend.accounts.saveLogin(login("old", alice, 1));
    await backend.accounts.mark(alice.uid, { conversation: room, seq: 1 });
    await backend.accounts.forgetLogins(1000);
    assertEquals(await backend.accounts.user(alice.uid), undefined);
    assertEquals(await backend.accounts.marks(alice.uid), []);
  });

  const referred: Record<string, (backend: Backend) => Promise<unknown>> = {
    "hold a name": (backend) => backend.accounts.save([user(bob)]),
    "have a login": (backend) => backend.accounts.saveLogin(login("new", bob, 1000)),
    "said something": (backend) => keep(backend, [said(1, "hi", { by: bob })]),
    "were written to": (backend) => keep(backend, [said(1)], pair),
  };
  for (const [what, refer] of Object.entries(referred)) {
    Deno.test(`${name}: forgetLogins() keeps users who ${what}`, async () => {
      await using backend = await open();
      await backend.accounts.save([user(bob, false)]);
      await refer(backend);
      await backend.accounts.forgetLogins(1000);
      assertEquals((await backend.accounts.user(bob.uid))?.uid, bob.uid);
    });
  }
}

function marks(name: string, open: Open): void {
  Deno.test(`${name}: mark() never goes back`, async () => {
    await using backend = await open();
    await backend.accounts.mark(alice.uid, { conversation: room, seq: 5 });
    await backend.accounts.mark(alice.uid, { conversation: room, seq: 3 });
    await backend.accounts.mark(alice.uid, { conversation: other, seq: 0 });
    const marks = await backend.accounts.marks(alice.uid);
    assertEquals(marks.toSorted((one, two) => one.seq - two.seq), [
      { conversation: other, seq: 0 },
      { conversation: room, seq: 5 },
    ]);
    assertEquals(await backend.accounts.marks(bob.uid), []);
  });
}
