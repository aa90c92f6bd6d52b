/** Does what a /command about accounts and invitations says. */

import type { AccountAction } from "../lib/client/slash_row.ts";
import { ChatError } from "../lib/errors.ts";
import { nameKey } from "../lib/names.ts";
import { printableLine } from "../lib/printable.ts";
import type { ActStage } from "./acting.ts";
import { roleWords } from "./role_words.ts";

/**
 * Does what was asked for: what is typed secretly, or chosen from a list, has a place of its own.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function actOnAccount(action: AccountAction, stage: ActStage): Promise<void> {
  const { notices, talking: { chat } } = stage;
  switch (action.is) {
    case "register":
    case "password":
    case "logins":
      return stage.go({ is: "account" });
    case "revoke":
      if (!/^\d{1,3}$/.test(action.login)) {
        await chat.send("revoke", { login: action.login });
        return notices.tell("That device is signed out");
      }
      return stage.go({ is: "account" });
    case "login":
      throw new ChatError("bad_message", "Cannot do that here: sign out, and come in again");
    case "logout":
      return stage.model.signOut(action.all);
    case "invite":
    case "invites":
      return stage.go({ is: "invite" });
    case "uninvite":
      await chat.send("uninvite", { invite: action.invite });
      return notices.tell("That invitation lets nobody in any more");
    case "role": {
      const { is: _is, ...wanted } = action;
      await chat.send("role", wanted);
      return notices.tell(`${printableLine(action.user)} is ${action.role} now`);
    }
    case "whois":
      return await whoIs(action.user, stage);
    default:
      action satisfies never;
  }
}

async function whoIs(user: string, { notices, talking: { chat } }: ActStage): Promise<void> {
  const { members } = await chat.send("members", { room: `@${user}` });
  const person = members.find((each) => nameKey(each.user) === nameKey(user));
  if (!person) throw new ChatError("no_such_user", `There is no user "${user}" now`);
  const where = person.online ? "is here" : "isn't here";
  notices.tell(`${printableLine(person.user)} ${where}; ${roleWords[person.role].theirs}`);
}
