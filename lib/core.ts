/** Everything of a server that knows no socket: what its sessions share. */

import { type Clock, every, type Stop } from "./clock.ts";
import { ChatError } from "./errors.ts";
import type { Blobs } from "./file_store.ts";
import { Hub } from "./hub.ts";
import { keepFiles, type Keeping } from "./keeping.ts";
import { type EntryRule, everybody, Invitations } from "./invitations.ts";
import type { Journal } from "./log.ts";
import { type Bounds, limits } from "./limits.ts";
import type { Uid } from "./names.ts";
import { type Known, People } from "./people.ts";
import { Presence } from "./presence.ts";
import type { Shelf } from "./shelf.ts";
import type { Backend } from "./store.ts";
import type { Uploads } from "./uploads.ts";
import { Visitors } from "./visitors.ts";

/** What a {@linkcode Core} is made of. */
export interface CoreOptions {
  readonly backend: Backend;
  /** Where the bytes of files are. */
  readonly blobs: Blobs;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly journal: Journal;
  /** What clients show as the server's name. */
  readonly name: string;
  readonly version: string;
  /** Who gets in from other machines; everybody where nothing is said. */
  readonly entry?: EntryRule;
}

/** What a core is put together from. */
interface Parts {
  readonly people: People;
  readonly hub: Hub;
  readonly keeping: Keeping;
  readonly invitations: Invitations;
}

/** What a core needs of a session. */
export interface Peer {
  readonly remote: string;
  /** Drops the peer where it is silent or takes nothing; called about each second. */
  check(): void;
  /** Ends the connection after telling why; resolves when it is closed. */
  end(reason: ChatError): Promise<void>;
}

const checkMs = 1000;
const sweepMs = 10_000;
const forgetMs = 60 * 60 * 1000;
const dayMs = 24 * forgetMs;

/** One server, from the first peer to the last. */
export class Core {
  readonly backend: Backend;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly name: string;
  readonly version: string;
  readonly people: People;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly shelf: Shelf;
  readonly uploads: Uploads;
  readonly visitors: Visitors;
  readonly invitations: Invitations;
  readonly #peers = new Set<Peer>();
  readonly #perAddress = new Map<string, number>();
  readonly #stops: readonly Stop[];
  #closing = false;

  private constructor(options: CoreOptions, parts: Parts) {
    const { people, hub, keeping, invitations } = parts;
    this.backend = options.backend;
    this.bounds = options.bounds;
    this.clock = options.clock;
    this.journal = options.journal;
    this.name = options.name;
    this.version = options.version;
    this.people = people;
    this.hub = hub;
    this.shelf = keeping.shelf;
    this.uploads = keeping.uploads;
    this.visitors = new Visitors(options.clock, options.bounds);
    this.invitations = invitations;
    this.presence = new Presence({ hub, people, clock: options.clock });
    this.#stops = [
      every(options.clock, checkMs, () => this.#check()),
      every(options.clock, sweepMs, () => void this.#sweep()),
      every(options.clock, forgetMs, () => void this.#forget()),
    ];
  }

  /** With everything that the backend kept. */
  static async start(options: CoreOptions): Promise<Core> {
    const { backend, blobs, bounds, clock, journal } = options;
    const people = await People.load({ accounts: backend.accounts, clock, bounds });
    const onTrouble = (error: unknown) => journal.error("storage", error);
    const hub = await Hub.load({ log: backend.log, clock, bounds, people, onTrouble });
    const keeping = await keepFiles({ backend, blobs, bounds, clock, hub, people, onTrouble });
    const { records } = backend;
    const { entry = everybody } = options;
    const invitations = await Invitations.load({ records, clock, ...entry });
    const core = new Core(options, { people, hub, keeping, invitations });
    await core.#forget();
    return core;
  }

  /** Whether the server is about to stop. */
  get closing(): boolean {
    return this.#closing;
  }

  /** How many peers there are. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /**
   * A peer is there.
   *
   * @throws {ChatError} `server_full`, `closing`
   */
  admit(peer: Peer): void {
    if (this.#closing) throw closingError();
    const { connectionsMax, connectionsPerAddressMax: perAddressMax } = this.bounds;
    const sameAddress = this.#perAddress.get(peer.remote) ?? 0;
    if (this.#peers.size >= connectionsMax) {
      throw fullError(`all its places (${connectionsMax}) are taken`);
    }
    if (perAddressMax > 0 && sameAddress >= perAddressMax) {
      throw fullError(`it takes ${perAddressMax} connections from one address`);
    }
    this.#peers.add(peer);
    this.#perAddress.set(peer.remote, sameAddress + 1);
  }

  /** A peer is gone. */
  dismiss(peer: Peer): void {
    if (!this.#peers.delete(peer)) return;
    const left = (this.#perAddress.get(peer.remote) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(peer.remote, left);
    else this.#perAddress.delete(peer.remote);
  }

  /**
   * Ends every connection and running request of a user at once, or those of one login of theirs;
   * but for those of the login `but`. Resolves when they are closed.
   */
  async endUser(
    uid: Uid,
    reason: ChatError,
    { login, but }: { readonly login?: string; readonly but?: string } = {},
  ): Promise<void> {
    const listeners = [...this.people.get(uid)?.listeners ?? []].filter((listener) =>
      (login === undefined || listener.login === login) &&
      (but === undefined || listener.login !== but)
    );
    await Promise.all(listeners.map((listener) => listener.end(reason)));
  }

  /** A guest's time is over: their memberships end, then their name. */
  async endGuest(known: Known): Promise<void> {
    const { goneAt } = known;
    try {
      await this.hub.leaveAll(known, "gone");
      // Who has come back meanwhile keeps the name, and joins anew.
      if (known.goneAt !== goneAt) return;
      await this.people.release(known);
      if (this.people.get(known.uid) === undefined) await this.invitations.forget(known.uid);
    } catch (error) {
      this.journal.error("sweep", error);
    }
  }

  /** Tells everybody that it is over and ends each connection; what was decided is committed. */
  async close(reason: string): Promise<void> {
    this.#closing = true;
    for (const stop of this.#stops) stop();
    this.hub.tellAll({ t: "closing", reason });
    await Promise.all([...this.#peers].map((peer) => peer.end(closingError())));
    await this.uploads.close();
    this.presence.close();
  }

  #check(): void {
    for (const peer of this.#peers) peer.check();
    this.uploads.check();
    this.visitors.check();
  }

  async #sweep(): Promise<void> {
    for (const known of this.people.overdue()) await this.endGuest(known);
  }

  async #forget(): Promise<void> {
    const now = this.clock.now();
    try {
      await this.backend.accounts.forgetLogins(now - limits.tokenMs);
      await this.invitations.sweep((uid) => this.people.get(uid) !== undefined);
      await this.uploads.sweep();
      const { historyDays } = this.bounds;
      if (historyDays > 0) await this.backend.log.forget(now - historyDays * dayMs);
    } catch (error) {
      this.journal.error("sweep", error);
    }
  }
}

function closingError(): ChatError {
  return new ChatError("closing", "The server is stopping: try again in a while", {
    retryMs: 1000,
  });
}

function fullError(why: string): ChatError {
  return new ChatError("server_full", `The server is full: ${why}`, { retryMs: 5000 });
}
