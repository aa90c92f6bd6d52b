/** Does what a line about accounts and invitations came to. */

import type { Chat } from "../client/chat.ts";
import type { AccountAction } from "../client/slash_row.ts";
import { ChatError, refusalOf } from "../errors.ts";
import { nameKey } from "../names.ts";
import { passwordOf } from "../entry/passwords.ts";
import { printableLine } from "../printable.ts";
import { inviteLines, invitesLines, loginLines, whoLines } from "./account_lines.ts";
import { trouble } from "./render.ts";
import type { TalkEnd, TalkOptions } from "./talk_options.ts";
import type { View } from "./view.ts";
import { wrap } from "./wrap.ts";

/** Where what is about accounts shows what it comes to. */
export interface AccountStage {
  readonly chat: Chat;
  /** The ids of what was listed last: numbers mean these. */
  readonly listed: Listed;
  /** Whether lines come from elsewhere than a terminal. */
  readonly isPlain: boolean;
  view(): View;
  now(): number;
  show(lines: readonly string[]): void;
  /**
   * Asks for texts that aren't shown; `undefined` where that is given up.
   *
   * @throws {ChatError} where nobody can be asked.
   */
  askSecrets(questions: readonly string[]): Promise<readonly string[] | undefined>;
  /** Ends it otherwise than by quitting. */
  over(end: TalkEnd): Promise<void>;
}

/** What numbers mean. */
export interface Listed {
  logins: readonly string[];
  invites: readonly string[];
}

/** The same as {@linkcode AccountStage.askSecrets}, on the surface of a talk. */
export async function askSecrets(
  questions: readonly string[],
  { surface, password }: Pick<TalkOptions, "surface" | "password">,
): Promise<readonly string[] | undefined> {
  if (surface.askSecrets) return await surface.askSecrets(questions);
  if (password !== undefined) return questions.map(() => password);
  const how = "start the client with --password-file FILE, or with --json";
  throw new ChatError("unsupported", `Cannot ask for a password without a terminal: ${how}`);
}

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function actOnAccount(action: AccountAction, stage: AccountStage): Promise<void> {
  const { chat, listed } = stage;
  switch (action.is) {
    case "register":
      return await register(stage);
    case "password":
      return await changePassword(stage);
    case "login":
      return await stage.over({ is: "as", user: action.user });
    case "logout":
      await chat.logout(action.all);
      return await stage.over({ is: "logged_out" });
    case "logins": {
      const { logins } = await chat.send("logins", {});
      listed.logins = logins.map(({ login }) => login);
      stage.show(loginLines(logins, stage.now(), stage.view()));
      return stage.show([stage.view().paint.quiet("/revoke NUMBER logs one of them out")]);
    }
    case "revoke":
      await chat.send("revoke", { login: meant(action.login, listed.logins, "/logins") });
      return stage.show(["That device is logged out"]);
    case "role": {
      const { is: _is, ...wanted } = action;
      await chat.send("role", wanted);
      const where = action.room === undefined ? "" : ` in #${printableLine(action.room)}`;
      return tell(`${printableLine(action.user)} is ${action.role}${where} now`, stage);
    }
    case "invite":
      return stage.show(
        inviteLines(await chat.send("invite", action.wish), action.wish, stage.view()),
      );
    case "invites": {
      const { invites, more } = await chat.send("invites", {});
      listed.invites = invites.map(({ invite }) => invite);
      stage.show(invitesLines(invites, stage.now(), stage.view()));
      return more ? stage.show([stage.view().paint.quiet("There are more")]) : undefined;
    }
    case "uninvite":
      await chat.send("uninvite", { invite: meant(action.invite, listed.invites, "/invites") });
      return stage.show(["That invitation lets nobody in any more"]);
    case "whois":
      return await whoIs(action.user, stage);
    default:
      action satisfies never;
  }
}

async function register(stage: AccountStage): Promise<void> {
  const { me } = stage.chat.state;
  if (me !== undefined && me.role !== "guest") {
    throw wrong("You have an account already: /password changes its password");
  }
  const name = printableLine(me?.user ?? "");
  const [password] = await chosen([], `A password for ${name}`, stage) ?? [];
  if (password === undefined) return stage.show(["Nothing was changed"]);
  await stage.chat.register(password);
  tell(`The name ${name} is yours now: with the password you come in from anywhere`, stage);
}

async function changePassword(stage: AccountStage): Promise<void> {
  const answers = await chosen(["Your password:"], "A new password", stage);
  if (answers === undefined) return stage.show(["Nothing was changed"]);
  const [old, password] = answers;
  if (old === password) {
    const how = stage.isPlain ? '; a script changes it with --json and "password"' : "";
    throw wrong(`The new password is the old one: nothing was changed${how}`);
  }
  await stage.chat.send("password", { old, new: password });
  tell("Your password is another one now; your other devices have to log in again", stage);
}

function tell(sentence: string, stage: AccountStage): void {
  stage.show(wrap(sentence, stage.view().columns));
}

/**
 * The answers to some questions, and a new password that is asked for twice. It is asked for again
 * until it can be one: what is typed otherwise would be said to everybody.
 */
async function chosen(
  questions: readonly string[],
  what: string,
  stage: AccountStage,
): Promise<readonly string[] | undefined> {
  const twice = [`${what}:`, "The same again:"];
  let answers = await stage.askSecrets([...questions, ...twice]);
  for (;;) {
    if (answers === undefined) return undefined;
    const [password, again] = answers.slice(-2);
    const why = password === again ? whyNoPassword(password) : "These were not the same";
    // Nobody is there who could answer otherwise.
    if (why === undefined || stage.isPlain) return answers.slice(0, -1);
    stage.show(trouble(stage.now(), `${why}; Ctrl+C changes nothing`, stage.view()));
    const once = answers.slice(0, -2);
    const anew = await stage.askSecrets(twice);
    answers = anew && [...once, ...anew];
  }
}

function whyNoPassword(text: string): string | undefined {
  try {
    passwordOf(text);
    return undefined;
  } catch (error) {
    return refusalOf(error).message;
  }
}

async function whoIs(user: string, stage: AccountStage): Promise<void> {
  const { chat } = stage;
  const { me, users } = chat.state;
  if (me && nameKey(user) === nameKey(me.user)) {
    return stage.show(whoLines({ ...me, online: true }, undefined, stage.view()));
  }
  const { members } = await chat.send("members", { room: `@${user}` });
  const person = members.find((each) => nameKey(each.user) === nameKey(user));
  if (!person) throw new ChatError("no_such_user", `There is no user "${user}" now`);
  stage.show(whoLines(person, users.get(nameKey(person.user))?.away, stage.view()));
}

/** The id of what a number means, or what was written, which may be one. */
function meant(word: string, listed: readonly string[], where: string): string {
  if (!/^\d{1,3}$/.test(word)) return word;
  const id = listed[Number(word) - 1];
  if (id === undefined) throw wrong(`There is no number ${word}: ${where} lists what there is`);
  return id;
}

function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}
