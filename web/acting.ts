/** Does what a /command says, each on the part of the page that is about it. */

import type { CallLevel } from "../lib/client/call_levels.ts";
import { callWords } from "../lib/client/calling.ts";
import { listFiles } from "../lib/client/file_list.ts";
import { conversationNext } from "../lib/client/next_conversation.ts";
import { fileCalled } from "../lib/client/find_file.ts";
import { messageMeant } from "../lib/client/message_refs.ts";
import { refusedIn } from "../lib/client/outbound.ts";
import { parseLineTyped } from "../lib/client/slash.ts";
import type { Action, FileAction, MessageRef } from "../lib/client/slash_row.ts";
import type { ConversationView } from "../lib/client/state.ts";
import { isUnderWay } from "../lib/client/transfer_state.ts";
import { ChatError } from "../lib/errors.ts";
import { isSamePlace, type SharedFile } from "../lib/events.ts";
import { nameKey, type Uid } from "../lib/names.ts";
import { moderateHere } from "./acting_moderation.ts";
import { actOnAccount } from "./acting_account.ts";
import type { Behind } from "./behind.ts";
import { emojiCalled } from "./emoji_called.ts";
import type { EmojiNames } from "./emoji_names.ts";
import type { Filing } from "./filing.ts";
import type { Finding } from "./finding.ts";
import type { Model, Route } from "./model.ts";
import type { Notices } from "./notices.ts";
import { setByWords } from "./setting_words.ts";
import type { SettingsKept } from "./settings.ts";
import type { Talking } from "./talking.ts";
import { placeSign } from "./text/places.ts";

/** The page as actions see it. */
export interface ActStage {
  readonly talking: Talking;
  look(work: (finding: Finding) => unknown): void;
  readonly filing: Filing;
  readonly notices: Notices;
  readonly settings: SettingsKept;
  readonly model: Pick<
    Model,
    "pick" | "resume" | "accept" | "decline" | "download" | "signOut" | "levels" | "setLevel"
  >;
  readonly emoji: EmojiNames;
  behind(): Promise<Behind>;
  go(route: Route): void;
  now(): number;
}

const listedMax = 2000;

/**
 * Does what a line with a /command says.
 *
 * @throws {ChatError} as {@linkcode act} does, and where there is no such command.
 */
export async function actOnLine(line: string, stage: ActStage): Promise<void> {
  const action = parseLineTyped(line);
  if (action?.is === "wrong") throw wrong(action.sentence);
  if (action) await act(action, stage);
}

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function act(action: Action, stage: ActStage): Promise<void> {
  const { talking, notices } = stage;
  const { chat } = talking;
  switch (action.is) {
    case "say":
      return talking.say(action.text);
    case "reply":
      return talking.say(action.text, meant(action.ref, "others", stage).seq);
    case "whisper":
      return await whisper(action.user, action.text, stage);
    case "edit": {
      const { seq } = meant(action.ref, "own", stage);
      return await chat.edit(talking.required.key, seq, action.text);
    }
    case "delete": {
      const { seq } = meant(action.ref, "own", stage);
      return await chat.delete(talking.required.key, seq);
    }
    case "react": {
      const emoji = emojiCalled(action.emoji, await stage.emoji.table());
      const { seq } = meant(action.ref, "others", stage);
      return await chat.react(talking.required.key, seq, emoji, action.on);
    }
    case "join":
      return turnTo(await chat.join(action.room, action.key), stage);
    case "leave":
      return await leave(action.room, stage);
    case "switch":
      return turnTo(await switched(action.to, stage), stage);
    case "topic":
      if (action.topic === undefined) return tellTopic(stage);
      return await chat.topic(talking.required.key, action.topic);
    case "read":
      return await chat.read(talking.required.key, talking.required.seq);
    case "typing":
      talking.tellsTyping = action.on;
      notices.tell(action.on ? "Others see when you write" : "Nobody sees when you write");
      return;
    case "away":
      return await chat.away(action.text);
    case "ignore":
      return await ignore(action.user, stage);
    case "notify":
      return notify(action.level, stage);
    case "reconnect":
      return chat.reconnect();
    case "clear":
      return talking.clear();
    case "quit":
      return stage.model.signOut();
    case "ping": {
      const from = stage.now();
      await chat.send("ping", {});
      return notices.tell(`The server answered in ${stage.now() - from} ms`);
    }
    case "search": {
      const where = action.room === undefined ? undefined : known(action.room, stage).key;
      return stage.look((finding) => {
        const finds = finding.find(action.text, where);
        stage.go({ is: "search" });
        return finds;
      });
    }
    case "show": {
      const { key } = talking.required;
      return stage.go({ is: "chat", key, seq: meant(action.ref, "others", stage).seq });
    }
    case "retry":
      for (const cid of refusedIn(talking.required)) talking.retry(cid);
      return;
    case "drop":
      for (const cid of refusedIn(talking.required)) talking.drop(cid);
      return;
    case "more":
      return stage.look((finding) => finding.searchMore());
    case "rooms":
      return stage.go({ is: "rooms" });
    case "users":
    case "members":
      return notices.tell("Who is here stands beside the messages");
    case "history":
      if (action.room !== undefined) turnTo(await chat.open(action.room), stage);
      return await talking.older();
    case "help":
      return stage.go({ is: "help" });
    case "set": {
      const { name, value } = action;
      if (name === undefined) return stage.go({ is: "settings" });
      return notices.tell(setByWords(stage.settings, name, value));
    }
    case "account":
      return await actOnAccount(action.what, stage);
    case "moderate":
      return await moderateHere(action.what, stage);
    case "file":
      return await actOnFiles(action.what, stage);
    default:
      action satisfies never;
  }
}

async function actOnFiles(action: FileAction, stage: ActStage): Promise<void> {
  const { talking, filing, model } = stage;
  switch (action.is) {
    case "send_file": {
      if (typeof action.to === "object") {
        turnTo(await talking.chat.open(`@${action.to.user}`), stage);
      }
      // A page may read only what its user chooses.
      return model.pick();
    }
    case "files":
      return stage.go({ is: "library" });
    case "transfers":
      return stage.go({ is: "transfers" });
    case "download":
      return model.download(await fileOf(action.name, stage));
    case "remove": {
      const { file } = await fileOf(action.name, stage);
      await talking.chat.send("remove", { file });
      return;
    }
    case "resume": {
      const { name } = action;
      const resting = filing.resting.peek();
      const wanted = name === undefined
        ? resting[0]
        : resting.find((each) => nameKey(each.name) === nameKey(name));
      if (wanted === undefined) throw wrong("No such upload of an earlier visit waits for you");
      return model.resume(wanted);
    }
    case "accept":
      for (const file of asked(action.name, stage)) model.accept(file);
      return;
    case "decline":
      for (const file of asked(action.name, stage)) model.decline(file);
      return;
    case "take":
      throw wrong("A page is asked about each file: your browser saves those that you accept");
    case "cancel": {
      const open = filing.transfers.peek().filter(isUnderWay);
      const { which } = action;
      const wanted = open.filter(({ number }) => which === "all" || which === number);
      const all = which === undefined ? open : wanted;
      if (all.length === 0) throw wrong("There is nothing to cancel: no such file is on its way");
      const uploading = await filing.uploading();
      for (const { number } of all) await uploading.cancel(number);
      return;
    }
    default:
      action satisfies never;
  }
}

function turnTo({ key }: ConversationView, stage: ActStage): void {
  stage.go({ is: "chat", key });
}

async function whisper(user: string, text: string | undefined, stage: ActStage): Promise<void> {
  const { talking } = stage;
  const conversation = await talking.chat.open(`@${user}`);
  if (text === undefined) return turnTo(conversation, stage);
  talking.sayIn(conversation, text);
}

async function leave(room: string | undefined, stage: ActStage): Promise<void> {
  const { talking } = stage;
  const of = room === undefined ? talking.required : known(room, stage);
  if (of.with === undefined) await talking.chat.leave(of.key);
  else turnTo(await talking.chat.open("lobby"), stage);
}

async function switched(to: string | undefined, stage: ActStage): Promise<ConversationView> {
  const { talking } = stage;
  if (to !== undefined) {
    return to.startsWith("@") ? await talking.chat.open(to) : known(to, stage);
  }
  const next = conversationNext(talking.chat.state, talking.required);
  if (next) return next;
  throw wrong("There is nowhere else to turn to: /join enters a room");
}

function notify(level: CallLevel | undefined, stage: ActStage): void {
  const { talking, notices, settings, model } = stage;
  const { key, room } = talking.required;
  if (level !== undefined) model.setLevel(key, level);
  const now = level ?? model.levels.peek().get(key) ?? settings.now.peek().notify;
  notices.tell(`What you are told of in ${placeSign(room)}: ${callWords[now].toLowerCase()}`);
}

function tellTopic({ talking, notices }: ActStage): void {
  const { room, topic } = talking.required;
  notices.tell(topic === "" ? `${room} has no topic` : `${room}: ${topic}`);
}

async function ignore(user: string | undefined, stage: ActStage): Promise<void> {
  const { talking, notices } = stage;
  if (user === undefined) {
    const { size } = talking.ignored.peek();
    return notices.tell(size === 0 ? "You hide nobody" : `You hide ${size} people`);
  }
  if (uidOf(user, stage) === undefined) await talking.chat.users();
  const uid = uidOf(user, stage);
  if (uid === undefined) throw wrong(`Cannot hide "${user}": nobody of that name has been here`);
  if (uid === talking.chat.state.me?.uid) throw wrong("Cannot hide yourself");
  const isHidden = talking.ignore(uid);
  const again = `What ${user} says is hidden; /ignore ${user} shows it again`;
  notices.tell(isHidden ? again : `${user} is shown again`);
}

function uidOf(user: string, { talking }: ActStage): Uid | undefined {
  const key = nameKey(user);
  const { users, conversations } = talking.chat.state;
  const listed = users.get(key)?.uid;
  if (listed !== undefined) return listed;
  const said = [...conversations.values()].flatMap(({ messages }) => messages);
  return said.findLast((event) => nameKey(event.user) === key)?.uid;
}

function meant(
  ref: MessageRef,
  whose: "own" | "others",
  { talking }: ActStage,
): { readonly seq: number } {
  if (ref.by === "seq") return ref;
  const me = talking.chat.state.me?.uid;
  return messageMeant(talking.required.messages, ref, { me, whose });
}

/** @throws {ChatError} where this user isn't in it. */
function known(room: string, { talking }: ActStage): ConversationView {
  const found = talking.known(room);
  if (found) return found;
  throw wrong(`You are not in "${room}": /join ${room} enters it`);
}

async function fileOf(name: string, { talking }: ActStage): Promise<SharedFile> {
  const here = talking.required;
  const files = await listFiles(talking.chat, undefined, listedMax);
  const found = fileCalled(files, name, (file) => isSamePlace(file, here));
  if (found) return found;
  throw wrong(`There is no file "${name}": /files lists those that there are`);
}

/** The file of that name that waits for an answer, the newest one, or all. */
function asked(name: string | undefined, { filing }: ActStage): readonly SharedFile[] {
  const all = filing.asked.peek();
  const isAll = name?.toLowerCase() === "all";
  const one = name === undefined ? all.at(-1) : fileCalled(all, name, () => true);
  const found = isAll ? all : one ? [one] : [];
  if (found.length > 0) return found;
  throw wrong("Nobody has sent you such a file, or it was answered already");
}

function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}
