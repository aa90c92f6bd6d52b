/** Does what a line came to: each action on the chat, what comes of it on the stage. */

import type { CallLevel } from "../client/call_levels.ts";
import { callWords } from "../client/calling.ts";
import type { Chat } from "../client/chat.ts";
import { conversationsJoined } from "../client/find_conversation.ts";
import { conversationNext } from "../client/next_conversation.ts";
import { messageMeant } from "../client/message_refs.ts";
import { slashCalled } from "../client/slash.ts";
import type { Action, MessageRef } from "../client/slash_row.ts";
import { refusedIn } from "../client/outbound.ts";
import { requireFits } from "../client/spoken.ts";
import type { ConversationView } from "../client/state.ts";
import { ChatError } from "../errors.ts";
import { nameKey, type Uid } from "../names.ts";
import { type AccountStage, actOnAccount } from "./act_account.ts";
import { actOnFiles, type FileStage } from "./act_files.ts";
import { type AuditStage, moderateHere } from "./act_moderation.ts";
import { around, history, historyUsual, known, search } from "./act_reading.ts";
import { emojiOf, nearestEmoji, withEmoji } from "../client/emoji.ts";
import type { Feed } from "./feed.ts";
import { helpLines, memberLines, roomLines, userLines } from "./lists.ts";
import { withNewlines } from "./paste.ts";
import { printableLine } from "../printable.ts";
import { placeName, type View } from "./view.ts";

/** Where actions show what they come to. */
export interface Stage extends FileStage, AccountStage, AuditStage {
  readonly chat: Chat;
  readonly feed: Feed;
  /** The conversation in front. */
  readonly here: ConversationView;
  view(): View;
  /** Milliseconds since 1970. */
  now(): number;
  /** Puts a conversation in front. */
  turnTo(conversation: ConversationView): void;
  /** Keeps the rooms' names for Tab. */
  keepRooms(names: readonly string[]): void;
  /** What `/more` goes on with. */
  readonly more: (() => Promise<void>) | undefined;
  /** Resolves when nothing said in `conversation` is on its way, or the connection is lost. */
  settled(conversation: ConversationView): Promise<void>;
  setTyping(on: boolean): void;
  reconnect(): void;
  clear(): void;
  quit(): void;
}

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function act(action: Action, stage: Stage): Promise<void> {
  const { chat, here } = stage;
  switch (action.is) {
    case "say":
      return say(stage, action.text);
    case "reply": {
      const text = textOf(action.text, stage);
      const { seq: quote } = await messageOf(action.ref, here, "others", stage);
      chat.say(here.key, text, { quote });
      return;
    }
    case "whisper":
      return await whisper(stage, action.user, action.text);
    case "edit": {
      const text = textOf(action.text, stage);
      const { seq } = await messageOf(action.ref, here, "own", stage);
      return await chat.edit(here.key, seq, text);
    }
    case "delete": {
      const { seq } = await messageOf(action.ref, here, "own", stage);
      return await chat.delete(here.key, seq);
    }
    case "react":
      return await react(stage, action);
    case "join":
      return stage.turnTo(await chat.join(action.room, action.key));
    case "leave":
      return await leave(stage, action.room);
    case "switch":
      return await switchTo(stage, action.to);
    case "topic":
      return await topic(stage, action.topic);
    case "read":
      return await chat.read(here.key, here.seq);
    case "typing":
      return stage.setTyping(action.on);
    case "away":
      return await chat.away(action.text);
    case "ignore":
      return await ignore(stage, action.user);
    case "notify":
      return notify(stage, action.level);
    case "reconnect":
      return stage.reconnect();
    case "clear":
      return stage.clear();
    case "quit":
      return stage.quit();
    case "show":
      return await around(stage, await messageOf(action.ref, here, "others", stage));
    case "retry":
      for (const cid of refusedIn(here)) chat.retry(here.key, cid);
      return;
    case "drop":
      for (const cid of refusedIn(here)) chat.drop(here.key, cid);
      return;
    case "set":
      throw wrong("Cannot set that here: /set is the page's, in a browser");
    case "file":
      return await actOnFiles(action.what, stage);
    case "account":
      return await actOnAccount(action.what, stage);
    case "moderate":
      return await moderateHere(action.what, stage);
    default:
      return await list(action, stage);
  }
}

function notify(stage: Stage, level: CallLevel | undefined): void {
  const { feed, here } = stage;
  if (level !== undefined) feed.setCallLevel(here.key, level);
  const now = level ?? feed.callLevel(here.key);
  stage.show([`What rings the bell in ${placeName(here)}: ${callWords[now].toLowerCase()}`]);
}

type Listing = Extract<
  Action,
  { is: "users" | "rooms" | "members" | "history" | "search" | "more" | "ping" | "help" }
>;

async function list(action: Listing, stage: Stage): Promise<void> {
  const { chat, here } = stage;
  if (action.is !== "more") stage.keepMore(undefined);
  switch (action.is) {
    case "users":
      return stage.show(userLines(await chat.users(), stage.view()));
    case "rooms": {
      const rooms = await chat.rooms({ private: action.private });
      if (!action.private) stage.keepRooms(rooms.map(({ room }) => room));
      return stage.show(roomLines(rooms, action.private, stage.view()));
    }
    case "members": {
      const of = action.room === undefined ? here : await openCalled(stage, action.room);
      const members = await chat.members(of.key);
      return stage.show(memberLines(members, placeName(of), stage.view()));
    }
    case "history":
      return await history(stage, action.room, action.count ?? historyUsual);
    case "search":
      return await search(stage, { text: action.text, room: action.room });
    case "more":
      if (stage.more === undefined) throw wrong("There is no more: search or read history first");
      return await stage.more();
    case "ping": {
      const from = stage.now();
      await chat.send("ping", {});
      return stage.show([`The server answered in ${stage.now() - from} ms`]);
    }
    case "help": {
      const { name } = action;
      if (name !== undefined && slashCalled(name) === undefined) {
        throw wrong(`There is no command "/${name}": /help lists what there is`);
      }
      return stage.show(helpLines(name, stage.view()));
    }
    default:
      action satisfies never;
  }
}

function say(stage: Stage, text: string): void {
  stage.chat.say(stage.here.key, textOf(text, stage));
}

async function whisper(stage: Stage, user: string, text: string | undefined): Promise<void> {
  if (text === undefined) return stage.turnTo(await stage.chat.open(`@${user}`));
  await stage.chat.whisper(user, textOf(text, stage));
}

async function react(stage: Stage, action: Extract<Action, { is: "react" }>): Promise<void> {
  const { here } = stage;
  const emoji = emojiOf(action.emoji) ?? action.emoji;
  if (/^[\x21-\x7e]*[a-z][\x21-\x7e]*$/i.test(emoji)) {
    const near = nearestEmoji(emoji);
    const hint = near === undefined ? "Tab after : lists names" : `:${near}: may be meant`;
    throw wrong(`There is no emoji "${emoji}": ${hint}`);
  }
  const { seq } = await messageOf(action.ref, here, "others", stage);
  await stage.chat.react(here.key, seq, emoji, action.on);
}

async function leave(stage: Stage, room: string | undefined): Promise<void> {
  const of = room === undefined ? stage.here : known(stage, room);
  if (of === undefined) throw wrong(`Cannot leave "${room}": you are not in it`);
  if (of.with === undefined) await stage.chat.leave(of.key);
  else stage.turnTo(await stage.chat.open("lobby"));
}

async function switchTo(stage: Stage, to: string | undefined): Promise<void> {
  if (to !== undefined) {
    const found = known(stage, to);
    if (found !== undefined) return stage.turnTo(found);
    if (to.startsWith("@")) return stage.turnTo(await stage.chat.open(to));
    if (await isPerson(stage, to)) throw wrong(`"${to}" is a person: write /switch @${to}`);
    throw wrong(`Cannot turn to "${to}": you are not in it; /join ${to} enters it`);
  }
  const next = conversationNext(stage.chat.state, stage.here);
  if (next === undefined) throw wrong("There is nowhere else to turn to: /join enters a room");
  stage.turnTo(next);
}

async function topic(stage: Stage, text: string | undefined): Promise<void> {
  const { here } = stage;
  if (text !== undefined) return await stage.chat.topic(here.key, text);
  const now = printableLine(here.topic);
  stage.show([now === "" ? `${placeName(here)} has no topic` : `${placeName(here)} · ${now}`]);
}

async function ignore(stage: Stage, user: string | undefined): Promise<void> {
  const { feed } = stage;
  if (user === undefined) {
    const names = [...feed.ignored.values()].map(printableLine);
    stage.show([names.length === 0 ? "You hide nobody" : `You hide ${names.join(", ")}`]);
    return;
  }
  // Whoever has said nothing yet may still be here.
  if (uidOf(stage, user) === undefined) await stage.chat.users();
  const uid = uidOf(stage, user);
  if (uid === undefined) throw wrong(`Cannot hide "${user}": nobody of that name has been here`);
  if (uid === stage.view().me.uid) throw wrong("Cannot hide yourself");
  const hidden = feed.toggleIgnored(uid, user);
  stage.show([
    hidden
      ? `What ${user} says is hidden; /ignore ${user} shows it again`
      : `${user} is shown again`,
  ]);
}

function uidOf(stage: Stage, user: string): Uid | undefined {
  const key = nameKey(user);
  const ignored = [...stage.feed.ignored].find(([, name]) => nameKey(name) === key);
  if (ignored !== undefined) return ignored[0];
  const online = stage.chat.state.users.get(key)?.uid;
  if (online !== undefined) return online;
  const said = conversationsJoined(stage.chat.state).flatMap(({ messages }) => messages);
  return said.findLast((event) => nameKey(event.user) === key)?.uid;
}

/**
 * Typed text as it is sent.
 *
 * @throws {ChatError} where it is longer than the server takes.
 */
function textOf(typed: string, { chat }: Stage): string {
  const text = withEmoji(withNewlines(typed));
  requireFits(text, chat.state);
  return text;
}

async function messageOf(
  ref: MessageRef,
  here: ConversationView,
  whose: "own" | "others",
  stage: Stage,
): Promise<{ readonly seq: number }> {
  if (ref.by === "seq") return ref;
  const { user, uid: me } = stage.view().me;
  const isOwn = ref.by === "user" ? nameKey(ref.user) === nameKey(user) : whose === "own";
  if (isOwn) await requireAllSent(here, stage);
  return messageMeant(here.messages, ref, { me, whose });
}

/**
 * Waits for what was said last: what stands before it isn't this user's newest message.
 *
 * @throws {ChatError} where it can't be sent now, or was refused.
 */
async function requireAllSent(here: ConversationView, stage: Stage): Promise<void> {
  await stage.settled(here);
  const last = here.outgoing.at(-1);
  if (last === undefined) return;
  if (last.state === "sending") {
    throw wrong("Your last message isn't sent yet: wait until there is a connection again");
  }
  // Told once; whoever asks again means the one before.
  for (const { cid } of here.outgoing) stage.chat.drop(here.key, cid);
  throw wrong("Your last message was not sent: do it again to mean the one before it");
}

/** @throws {ChatError} where this user doesn't have it. */
async function openCalled(stage: Stage, name: string): Promise<ConversationView> {
  const found = known(stage, name);
  if (found !== undefined) return found;
  if (name.startsWith("@")) return await stage.chat.open(name);
  throw wrong(`You are not in "${name}": /join ${name} enters it`);
}

/** Whether somebody is called `name` who is here, or with whom this user has talked. */
async function isPerson(stage: Stage, name: string): Promise<boolean> {
  const { users } = stage.chat.state;
  // Whoever has said nothing yet may still be here.
  if (!users.has(nameKey(name))) await stage.chat.users();
  return users.has(nameKey(name)) || known(stage, `@${name}`) !== undefined;
}

/** What can't be done, said without asking the server. */
function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}
