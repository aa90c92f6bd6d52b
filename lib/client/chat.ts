/** What one user knows and does: rooms, private messages, who is here. */

import type { Clock } from "../clock.ts";
import type { StoredEvent } from "../events.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";
import type { Dial } from "./link.ts";
import type { ChatChange, ChatState, ConversationView } from "./state.ts";

/** What a {@linkcode Chat} is made with. */
export interface ChatOptions {
  readonly dial: Dial;
  readonly hello: Command<"hello">;
  readonly clock: Clock;
  /** At least 0 and under 1, for the spread of attempts. */
  random(): number;
  onChange(change: ChatChange): void;
  /** Lines of history read on entering a conversation; 20 where it isn't said. */
  readonly historyLines?: number;
  /** Messages kept of each conversation; 2,000 where it isn't said. */
  readonly messagesMax?: number;
  /** Whether to keep who is here; `true` where it isn't said. */
  readonly presence?: boolean;
}

/** Conversations are named by {@linkcode ConversationView.key} wherever a `key` is asked for. */
export class Chat {
  constructor(_options: ChatOptions) {}
  get state(): ChatState {
    throw new Error("Not written yet");
  }
  start(): void {}
  close(): Promise<void> {
    return Promise.resolve();
  }
  /** Says something; it is in `outgoing` at once. Returns its cid. @throws {ChatError} */
  say(_key: string, _text: string, _options: { readonly quote?: number } = {}): string {
    throw new Error("Not written yet");
  }
  /** Sends a failed message again (the same cid: it can't be doubled). */
  retry(_key: string, _cid: string): void {}
  /** Forgets a failed message. */
  drop(_key: string, _cid: string): void {}
  /** Opens the private conversation with `user` and says `text` there. Resolves its cid. */
  whisper(_user: string, _text: string): Promise<string> {
    throw new Error("Not written yet");
  }
  /** Enters a room. */
  join(_room: string): Promise<ConversationView> {
    throw new Error("Not written yet");
  }
  /** A room (joined if needed) by name, or a private conversation by `@user`. */
  open(_name: string): Promise<ConversationView> {
    throw new Error("Not written yet");
  }
  leave(_key: string): Promise<void> {
    throw new Error("Not written yet");
  }
  topic(_key: string, _topic: string): Promise<void> {
    throw new Error("Not written yet");
  }
  edit(_key: string, _seq: number, _text: string): Promise<void> {
    throw new Error("Not written yet");
  }
  delete(_key: string, _seq: number): Promise<void> {
    throw new Error("Not written yet");
  }
  react(_key: string, _seq: number, _emoji: string, _on = true): Promise<void> {
    throw new Error("Not written yet");
  }
  /** Reads older messages into the conversation; resolves them, oldest first. */
  older(_key: string, _limit?: number): Promise<readonly StoredEvent[]> {
    throw new Error("Not written yet");
  }
  search(_query: Command<"search">): Promise<{
    readonly hits: readonly StoredEvent[];
    readonly cursor?: string;
  }> {
    throw new Error("Not written yet");
  }
  /** Who is here, all pages (at most 2,000). */
  users(): Promise<Ok<"users">["users"]> {
    throw new Error("Not written yet");
  }
  rooms(_options: { readonly private?: boolean } = {}): Promise<Ok<"rooms">["rooms"]> {
    throw new Error("Not written yet");
  }
  members(_key: string): Promise<Ok<"members">["members"]> {
    throw new Error("Not written yet");
  }
  /** Tells that this user is writing; at most every 3 s. */
  typing(_key: string): void {}
  away(_text?: string): Promise<void> {
    throw new Error("Not written yet");
  }
  /** Marks the conversation as the one that is looked at; `undefined`: none is. */
  focus(_key: string | undefined): void {}
  /** Marks it as read up to `seq`. */
  read(_key: string, _seq: number): Promise<void> {
    throw new Error("Not written yet");
  }
  /** Any command as it is. What stores gets a cid where it has none. */
  send<K extends CommandName>(_name: K, _fields: Command<K>): Promise<Ok<K>> {
    throw new Error("Not written yet");
  }
}
