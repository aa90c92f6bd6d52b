/** One link, a server that does what a test says, and the time that both have. */

import { assert, assertEquals } from "@std/assert";
import { Link, type LinkOptions, type LinkStatus } from "../../lib/client/link.ts";
import type { Command } from "../../lib/protocol.ts";
import { FakeClock, turn } from "./fake_clock.ts";
import { type ScriptedPeer, ScriptedServer, welcome } from "./scripted_server.ts";

/** A link that dials at once. */
export class Scene implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly server = new ScriptedServer();
  readonly statuses: LinkStatus[] = [];
  readonly events: string[] = [];
  /** What the next attempts wait for, as a part of what they may. */
  chance = 0.5;
  readonly link: Link;

  constructor(options: Partial<LinkOptions> = {}) {
    this.link = new Link({
      dial: this.server.dial,
      hello: { v: 1, user: "alice" },
      clock: this.clock,
      random: () => this.chance,
      onStatus: (status) => this.statuses.push(status),
      onEvent: (event) => this.events.push(event.t),
      ...options,
    });
    this.link.start();
  }

  get status(): LinkStatus {
    return this.link.status;
  }

  /** The next connection with its hello answered. */
  async online(more: Record<string, unknown> = {}): Promise<ScriptedPeer> {
    const peer = await this.server.accept();
    await peer.accept("hello", welcome(more));
    await turn();
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.link.close();
    await this.clock.tick(2000);
    await closed;
    assertEquals(this.clock.waiting, 0);
  }

  /** Milliseconds until it dials again. */
  get waitMs(): number {
    assert(this.status.is === "waiting", `It is ${this.status.is}`);
    return this.status.until - this.clock.now();
  }
}

/** What is said, with a cid of its own. */
export function say(text: string): Command<"say"> {
  return { room: "lobby", text, cid: `cid-${text}` };
}
