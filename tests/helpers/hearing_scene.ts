/** Who hears what: Bob does something, and others listen. */

import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { FakeClock } from "./fake_clock.ts";
import { counted, offer, sendParts, share } from "./file_peer.ts";
import { type Peer, TestServer } from "./peer.ts";

const bytes = counted(10);

/** Where Bob does it, as he names it: `in` a room of his, in the lobby, or to Carl. */
const places: Readonly<Record<string, string>> = { in: "tea", lobby: "lobby", pair: "@Carl" };

/** Bob, his other devices, and those who may hear him. */
export class HearingScene implements AsyncDisposable {
  readonly server: TestServer;
  readonly clock: FakeClock;
  readonly bob: Peer;
  readonly carl: Peer;
  /** Everybody who listens, by the column of the table. */
  readonly listeners: Readonly<Record<string, Peer>>;

  private constructor(
    { server, clock }: { readonly server: TestServer; readonly clock: FakeClock },
    bob: Peer,
    listeners: Readonly<Record<string, Peer>>,
  ) {
    this.server = server;
    this.clock = clock;
    this.bob = bob;
    this.carl = listeners.partner;
    this.listeners = listeners;
  }

  static async start(): Promise<HearingScene> {
    const clock = new FakeClock();
    const server = await TestServer.start({ clock });
    const bob = await server.join("Bob", "tea");
    const again = { v: 1, t: "hello", token: bob.token } as const;
    const [device, quiet, nobody] = [server.connect(), server.connect(), server.connect()];
    await device.ok(again);
    await quiet.ok({ ...again, quiet: true });
    const member = await server.join("Ann", "tea");
    const [partner, out] = [await server.join("Carl"), await server.join("Dora")];
    await bob.ok({ t: "say", room: "@Carl", text: "hello" });
    const listeners = { himself: bob, device, quiet, member, partner, out, nobody };
    const scene = new HearingScene({ server, clock }, bob, listeners);
    await scene.tellMoves();
    for (const peer of Object.values(listeners)) {
      if (peer !== nobody) await peer.ok({ t: "ping" });
      peer.events.length = 0;
    }
    return scene;
  }

  /** Has every node tell who has come and gone. */
  async tellMoves(): Promise<void> {
    await this.server.level();
    await this.clock.tick(limits.presenceGatherMs);
  }

  /** Has an event of this kind come about there. */
  async happen(kind: string, where: string): Promise<void> {
    const act = acts[kind];
    if (act === undefined) throw new Error(`Nothing makes "${kind}" happen`);
    await act(this, places[where] ?? "lobby");
  }

  /** Who has heard an event of this kind. */
  async heard(kind: string): Promise<Readonly<Record<string, boolean>>> {
    const all = Object.entries(this.listeners).map(async ([name, peer]) => {
      // Whoever said no hello may still ping: what comes before its answer has come.
      const events = await peer.seen(kind);
      return [name, events.length > 0] as const;
    });
    return Object.fromEntries(await Promise.all(all));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

type Act = (scene: HearingScene, room: string) => Promise<unknown>;

const say = ({ bob }: HearingScene, room: string) => bob.ok({ t: "say", room, text: "hello" });

/** Says something and does something about it. */
const about = (change: JsonObject): Act => async (scene, room) => {
  const { seq } = await say(scene, room);
  await scene.bob.ok({ ...change, room, seq });
};

/** Carl answers a file that Bob sends him. */
const answered =
  (answer: (carl: Peer, file: unknown) => Promise<unknown>): Act => async ({ bob, carl }, room) => {
    const { file } = await share(bob, bytes, { room });
    await answer(carl, file);
  };

/** Bob, who made the room, moderates somebody else in it. */
function toFay(command: JsonObject): Act {
  return async ({ server, bob }, room) => {
    await server.join("Fay", room);
    await bob.ok({ ...command, room, user: "Fay" });
  };
}

/** What makes each event come about. */
export const acts: Readonly<Record<string, Act>> = {
  joined: async ({ bob, listeners }, room) => {
    await bob.ok({ t: "leave", room });
    await listeners.member.next("left");
    await bob.ok({ t: "join", room });
  },
  left: ({ bob }, room) => bob.ok({ t: "leave", room }),
  said: say,
  edited: about({ t: "edit", text: "changed" }),
  deleted: about({ t: "delete" }),
  reacted: about({ t: "react", emoji: "👍" }),
  retitled: ({ bob }, room) => bob.ok({ t: "topic", room, topic: "another one" }),
  shared: ({ bob }, room) => share(bob, bytes, { room }),
  removed: async ({ bob }, room) => {
    const { file } = await share(bob, bytes, { room });
    await bob.ok({ t: "remove", file });
  },
  declined: answered((carl, file) => carl.ok({ t: "decline", file })),
  taken: answered(async (carl, file) => {
    await carl.ok({ t: "fetch", id: 900, file });
    await carl.next("fetched");
    await carl.next("taken");
    // Put back, to be counted.
    carl.events.push({ t: "taken" });
  }),
  kicked: toFay({ t: "kick" }),
  muted: toFay({ t: "mute" }),
  unmuted: async (scene, room) => {
    await toFay({ t: "mute" })(scene, room);
    await scene.bob.ok({ t: "unmute", room, user: "Fay" });
  },
  unbanned: async (scene, room) => {
    await toFay({ t: "ban" })(scene, room);
    await scene.bob.ok({ t: "unban", room, user: "Fay" });
  },
  appointed: toFay({ t: "role", role: "moderator" }),
  locked: ({ bob }, room) => bob.ok({ t: "lock", room, key: "sesame" }),
  slowed: ({ bob }, room) => bob.ok({ t: "slow", room, seconds: 1 }),
  made_readonly: ({ bob }, room) => bob.ok({ t: "readonly", room, on: true }),
  came: async (scene) => {
    await scene.server.join("Eve");
    await scene.tellMoves();
  },
  went: async (scene) => {
    const eve = await scene.server.join("Eve");
    await scene.tellMoves();
    await eve.ok({ t: "quit" });
    await eve.end();
    await scene.tellMoves();
  },
  typed: ({ bob }, room) => bob.ok({ t: "typing", room }),
  role_given: ({ bob }) => bob.ok({ t: "register", password: "open sesame" }),
  gone_away: ({ bob }) => bob.ok({ t: "away", text: "at lunch" }),
  seen: ({ bob }, room) => bob.ok({ t: "read", room, seq: 1 }),
  stored: async ({ bob }, room) => {
    const { transfer } = await offer(bob, bytes, { room });
    await sendParts(bob, transfer, bytes);
    await bob.next("stored");
    bob.events.push({ t: "stored" });
  },
  part: fetched,
  fetched,
  closing: ({ server }) => {
    for (const { hub } of server.cores) hub.tellAll({ t: "closing", reason: "maintenance" });
    return Promise.resolve();
  },
  stalled: ({ server }) => {
    for (const { hub } of server.cores) hub.tellAll({ t: "stalled", on: true });
    return Promise.resolve();
  },
};

async function fetched({ bob }: HearingScene, room: string): Promise<void> {
  const { file } = await share(bob, bytes, { room });
  await bob.ok({ t: "fetch", id: 900, file });
  const end = await bob.next("fetched");
  bob.events.push(end);
}
