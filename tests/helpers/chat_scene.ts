/** A chat with a scripted server and a clock that stands still, and what that server says. */

import { assertEquals } from "@std/assert";
import type { ChatOptions } from "../../lib/client/chat_options.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { FakeClock, turn } from "./fake_clock.ts";
import { said, type ScriptedPeer, ScriptedServer, welcome } from "./scripted_server.ts";
import { WatchedChat } from "./watched_chat.ts";

/** Dispose it: that checks that no timer is left. */
export class ChatScene extends WatchedChat implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly server: ScriptedServer;

  constructor(options: Partial<ChatOptions> = {}) {
    const clock = new FakeClock();
    const server = new ScriptedServer();
    super({ dial: server.dial, clock, ...options });
    this.clock = clock;
    this.server = server;
  }

  /** The next connection with its hello answered. */
  async accept(more: JsonObject = {}): Promise<ScriptedPeer> {
    const peer = await this.server.accept();
    await peer.accept("hello", welcome(more));
    await turn();
    return peer;
  }

  /** The same after the one before was cut. */
  async again(peer: ScriptedPeer, more: JsonObject = {}): Promise<ScriptedPeer> {
    peer.cut();
    await this.clock.tick(1000);
    return await this.accept(more);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.chat.close();
    await this.clock.tick(2000);
    await closed;
    assertEquals(this.clock.waiting, 0);
  }
}

/** What `history` answers. */
export function page(
  seq: number,
  events: readonly JsonObject[],
  more: JsonObject = {},
): JsonObject {
  return { events, more: false, seq, first: 1, ...more };
}

/** What bob said in the lobby, from one seq to another. */
export function saids(from: number, to: number): JsonObject[] {
  return Array.from({ length: to - from + 1 }, (_, index) => said(from + index));
}
