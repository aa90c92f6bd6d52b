/** What whoever comes in is told and asked, with a machine that answers from a list. */

import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { ChatError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { type Attempt, enterAs, type Entrant } from "../../lib/terminal/enter.ts";
import { exitCodes } from "../../lib/terminal/exit.ts";
import { helloOf, type Machine } from "../../lib/terminal/machine.ts";
import { readArguments } from "../../lib/terminal/options.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";
import { uid } from "./views.ts";

/** Somebody who comes in, and what they were told, asked and let in with. */
class Entering {
  readonly state = Deno.makeTempDirSync();
  readonly said: string[] = [];
  /** What each attempt's hello carried of what lets one in. */
  readonly hellos: unknown[] = [];
  readonly #answers: (string | undefined)[];
  readonly #machine: Machine;

  constructor(
    { attended = true, answers = [], password }: {
      readonly attended?: boolean;
      readonly answers?: readonly (string | undefined)[];
      readonly password?: string;
    } = {},
  ) {
    this.#answers = [...answers];
    const answer = (question: string): string | undefined => {
      this.said.push(question);
      return this.#answers.shift();
    };
    this.#machine = {
      clock: systemClock(),
      random: () => 0,
      agent: "Test",
      attended,
      asks: attended,
      color: false,
      input: new ReadableStream(),
      output: { writeSync: (bytes) => bytes.length },
      standing: { folder: this.state },
      mayUse: () => true,
      lineThatMay: () => "deno task client",
      ...password !== undefined && { password },
      say: () => {},
      complain: (sentence) => void this.said.push(sentence),
      ask: answer,
      askSecret: (question) => answer(`(hidden) ${question}`),
      onStop: () => () => {},
    };
  }

  /** Comes in as Bob, while the attempts come to `ends`; the exit code. */
  async as(ends: readonly Attempt[], ...args: readonly string[]): Promise<number> {
    const wanted = readArguments(["--user", "Bob", "--state", this.state, ...args]);
    if (wanted.is !== "chat") throw new Error("These are the arguments of a chat");
    const left = [...ends];
    const attempt = (entrant: Entrant): Promise<Attempt> => {
      const { user, token, password, invite } = helloOf(entrant, "0");
      const all = Object.entries({ user, token, password, invite });
      this.hellos.push(Object.fromEntries(all.filter(([, value]) => value !== undefined)));
      return Promise.resolve(left.shift() ?? { is: "over", code: exitCodes.ok });
    };
    return await enterAs({ wanted, machine: this.#machine, share: false, attempt });
  }

  /** Has Bob's login kept, as an earlier run would. */
  async keepLogin(): Promise<void> {
    await this.as([]);
    const wanted = readArguments(["--user", "Bob", "--state", this.state]);
    if (wanted.is !== "chat") throw new Error("These are the arguments of a chat");
    await enterAs({
      wanted,
      machine: this.#machine,
      share: false,
      attempt: ({ login }) => {
        login.keep({ user: "Bob", uid: uid("b"), token: "t" });
        return Promise.resolve({ is: "over", code: exitCodes.ok });
      },
    });
    this.hellos.length = 0;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.state, { recursive: true });
  }
}

const refused = (...args: ConstructorParameters<typeof ChatError>): Attempt => ({
  is: "refused",
  error: new ChatError(...args),
});
const taken = refused("name_taken", 'The name "Bob" is taken: choose another one');
const owned = refused("name_taken", 'The name "Bob" belongs to an account', { account: true });
const invalid = refused("name_invalid", 'Cannot be called "Bob": a name is something else');
const wrong = refused("bad_login", "Cannot log in: the password is another one");
const strange = refused("bad_invite", "Cannot come in: it takes an invitation");
const slow = refused("slow_down", "Cannot log in: too many tries", { retryMs: 29_500 });
const revoked = refused("revoked", "You were logged out");

Deno.test("whoever is asked for another name is told once that theirs is taken", async () => {
  using entering = new Entering({ answers: ["Dora"] });
  assertEquals(await entering.as([taken]), exitCodes.ok);
  assertEquals(entering.said, ['The name "Bob" is taken: choose another one', "Another name:"]);
  assertEquals(entering.hellos, [{ user: "Bob" }, { user: "Dora" }]);
});

Deno.test("who can't be asked is told of --user where the name is taken", async () => {
  using entering = new Entering({ attended: false });
  assertEquals(await entering.as([taken]), exitCodes.refused);
  assertEquals(entering.said, ['The name "Bob" is taken: choose another one with --user NAME']);
});

Deno.test("a name that can't be is refused in the server's words", async () => {
  using entering = new Entering({ attended: false });
  await entering.as([invalid]);
  assertEquals(entering.said, ['Cannot be called "Bob": a name is something else']);
});

Deno.test("whoever has an account is asked for the password, and again where it is wrong", async () => {
  using entering = new Entering({ answers: ["wrnog", "right"] });
  assertEquals(await entering.as([owned, wrong]), exitCodes.ok);
  assertEquals(entering.said, [
    'The name "Bob" belongs to an account',
    "(hidden) Password of Bob (nothing: another name):",
    "Cannot log in: the password is another one",
    "(hidden) Password of Bob (nothing: another name):",
  ]);
  assertEquals(entering.hellos, [
    { user: "Bob" },
    { user: "Bob", password: "wrnog" },
    { user: "Bob", password: "right" },
  ]);
});

Deno.test("whoever has no password may take another name, which it isn't said with", async () => {
  using entering = new Entering({ answers: ["wrong", "", "Dora"] });
  assertEquals(await entering.as([owned, wrong]), exitCodes.ok);
  assertEquals(entering.hellos.at(-1), { user: "Dora" });
});

Deno.test("whoever guesses too often is told for how long to wait, and asked again", async () => {
  using entering = new Entering({ answers: ["guess", "right"] });
  assertEquals(await entering.as([owned, slow]), exitCodes.ok);
  assertEquals(entering.said[2], "Cannot log in: too many tries; try it again in 30 s");
});

Deno.test("a script gives the password by a variable or by a file's first line", async () => {
  using entering = new Entering({ attended: false, password: "by variable" });
  await Deno.writeTextFile(join(entering.state, "secret.txt"), "by file \n\n");
  assertEquals(await entering.as([]), exitCodes.ok);
  assertEquals(await entering.as([], "--password-file", "secret.txt"), exitCodes.ok);
  const passwords = [{ user: "Bob", password: "by variable" }, {
    user: "Bob",
    password: "by file ",
  }];
  assertEquals(entering.hellos, passwords);
});

Deno.test("a file without a password, or that isn't there, is told before anything is dialled", async () => {
  using entering = new Entering();
  await Deno.writeTextFile(join(entering.state, "empty.txt"), "\nlater");
  for (const name of ["empty.txt", "nowhere.txt"]) {
    await assertRejects(() => entering.as([], "--password-file", name), UsageError, name);
  }
  assertEquals(entering.hellos, []);
});

Deno.test("a script without the password is told how to give it, and ends with 1", async () => {
  using entering = new Entering({ attended: false });
  assertEquals(await entering.as([owned]), exitCodes.refused);
  assertEquals(entering.said, [
    'The name "Bob" belongs to an account; give its password with --password-file FILE or in ' +
    "PARLEY_PASSWORD",
  ]);
});

Deno.test("a script whose password is wrong, or too early, ends with 1 at once", async () => {
  for (const end of [wrong, slow]) {
    using entering = new Entering({ attended: false, password: "wrong" });
    assertEquals(await entering.as([end]), exitCodes.refused);
    assertEquals(entering.hellos.length, 1);
  }
});

Deno.test("whoever needs an invitation is asked for one, and a script is told of --invite", async () => {
  using entering = new Entering({ answers: ["k7mp"] });
  assertEquals(await entering.as([strange]), exitCodes.ok);
  assertEquals(entering.said, ["Cannot come in: it takes an invitation", "Your invitation:"]);
  assertEquals(entering.hellos, [{ user: "Bob" }, { user: "Bob", invite: "k7mp" }]);
  using script = new Entering({ attended: false });
  assertEquals(await script.as([strange], "--invite", "old"), exitCodes.refused);
  assertEquals(script.said, [
    "Cannot come in: it takes an invitation; give it with --invite CODE",
  ]);
});

Deno.test("a kept login is enough, and a password goes out where it no longer is", async () => {
  using entering = new Entering({ attended: false, password: "right" });
  await entering.keepLogin();
  assertEquals(await entering.as([]), exitCodes.ok);
  assertEquals(await entering.as([wrong]), exitCodes.ok);
  const withToken = { user: "Bob", token: "t" };
  assertEquals(entering.hellos, [withToken, withToken, { user: "Bob", password: "right" }]);
});

Deno.test("a login that is revoked is forgotten for good", async () => {
  using entering = new Entering();
  await entering.keepLogin();
  assertEquals(await entering.as([revoked]), exitCodes.refused);
  assertEquals(
    entering.said.at(-1),
    "You were logged out; the login that was kept here is forgotten",
  );
  await entering.as([]);
  assertEquals(entering.hellos, [{ user: "Bob", token: "t" }, { user: "Bob" }]);
});

Deno.test("whoever goes on as somebody else leaves what let them in behind", async () => {
  using entering = new Entering({ attended: false, password: "Bob's" });
  assertEquals(await entering.as([{ is: "as", user: "Carol" }]), exitCodes.ok);
  assertEquals(entering.hellos, [{ user: "Bob", password: "Bob's" }, { user: "Carol" }]);
});
