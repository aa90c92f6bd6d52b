/** Everything of a server that knows no socket: what its sessions share. */

import { addressBlock } from "./addresses.ts";
import { Bans } from "./entry/bans.ts";
import type { Claims } from "./sharing/claims.ts";
import { type Clock, every, type Stop, within } from "./clock.ts";
import { ChatError } from "./errors.ts";
import { Credentials } from "./entry/credentials.ts";
import type { Blobs } from "./file_store.ts";
import { Floods } from "./peer/floods.ts";
import { Hub } from "./hub.ts";
import { keepFiles, type Keeping } from "./sharing/keeping.ts";
import { type EntryRule, everybody } from "./entry/entry_rule.ts";
import { Invitations } from "./entry/invitations.ts";
import type { Journal } from "./log.ts";
import { type Bounds, limits } from "./limits.ts";
import type { Uid } from "./names.ts";
import type { NodeAddress } from "./nodes.ts";
import { nameLostError, Others } from "./nodes/others.ts";
import { Ownership } from "./entry/ownership.ts";
import type { Passwords } from "./entry/passwords.ts";
import type { Known, Listener } from "./known.ts";
import type { Welcome } from "./entry/coming.ts";
import { People } from "./people.ts";
import { Presence } from "./presence.ts";
import type { Shelf } from "./sharing/shelf.ts";
import type { Backend } from "./store.ts";
import type { Uploads } from "./sharing/uploads.ts";
import { Visitors } from "./peer/visitors.ts";

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
  /** What keeps passwords from being read. */
  readonly passwords: Passwords;
  /** The name that is kept for the owner, where one is. */
  readonly owner?: string;
}

/** What a core is put together from. */
interface Parts {
  readonly people: People;
  readonly hub: Hub;
  readonly keeping: Keeping;
  readonly invitations: Invitations;
  readonly ownership: Ownership;
  readonly bans: Bans;
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
  /** Which node receives which upload; missing where there is one. */
  readonly claims: Claims | undefined;
  readonly visitors: Visitors;
  readonly floods: Floods;
  readonly bans: Bans;
  readonly invitations: Invitations;
  readonly ownership: Ownership;
  readonly credentials: Credentials;
  /** The other nodes; missing where there are none. */
  readonly others: Others | undefined;
  readonly #peers = new Set<Peer>();
  readonly #perAddress = new Map<string, number>();
  readonly #stops: readonly Stop[];
  #closing = false;

  private constructor(options: CoreOptions, parts: Parts) {
    const { people, hub, keeping, invitations, ownership, bans } = parts;
    this.bans = bans;
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
    this.claims = keeping.claims;
    this.visitors = new Visitors(options.clock, options.bounds);
    this.floods = new Floods(options.clock, options.bounds);
    this.invitations = invitations;
    this.ownership = ownership;
    this.credentials = new Credentials({
      accounts: options.backend.accounts,
      passwords: options.passwords,
      clock: options.clock,
    });
    this.presence = new Presence({ hub, people, clock: options.clock });
    const { nodes } = options.backend;
    this.others = nodes && new Others(this, nodes);
    this.#stops = [
      every(options.clock, checkMs, () => this.#check()),
      every(options.clock, sweepMs, () => void this.#sweep()),
      every(options.clock, forgetMs, () => void this.#forget()),
    ];
  }

  /** With everything that the backend kept. */
  static async start(options: CoreOptions): Promise<Core> {
    const { backend, blobs, bounds, clock, journal } = options;
    const ownership = new Ownership(options.owner);
    const { accounts, records, nodes } = backend;
    const bans = await Bans.load({ records, clock });
    const people = await People.load({ accounts, clock, bounds, ownership, bans, nodes });
    const onTrouble = (error: unknown) => journal.error("storage", error);
    const hub = await Hub.load({ log: backend.log, clock, bounds, people, nodes, onTrouble });
    const keeping = await keepFiles({ backend, blobs, bounds, clock, hub, people, onTrouble });
    const { entry = everybody } = options;
    const invitations = await Invitations.load({ records, clock, ...entry });
    const core = new Core(options, { people, hub, keeping, invitations, ownership, bans });
    if (core.others) nodes?.follow(core.others);
    await core.#keepOwnersName(options.owner);
    // With other nodes, one of them does it now and then.
    if (!nodes) await core.#forget();
    return core;
  }

  /** Whether the server is about to stop. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Takes part with the other nodes, where there are any; clients reach this one there. */
  async join(address: NodeAddress): Promise<void> {
    await this.backend.nodes?.join(address);
  }

  /** Where else clients find the same, as `hello` and `closing` say it. */
  get addresses(): readonly string[] {
    return this.others?.addresses.map(({ chat }) => chat) ?? [];
  }

  /** How many peers there are. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /**
   * A peer is there.
   *
   * @throws {ChatError} `server_full`, `closing`, `banned`
   */
  admit(peer: Peer): void {
    if (this.#closing) throw closingError();
    this.bans.requireAddress(peer.remote);
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

  /** Somebody who has said hello begins to hear what happens. */
  enter(known: Known, listener: Listener): void {
    this.hub.enter(known, listener);
    if (this.people.enter(known, listener)) this.presence.moved(known, "came");
    if (known.listeners.size === 1) this.others?.moved(known, true);
  }

  /** They hear no more; whether that was their last connection, to whichever node. */
  exit(known: Known, listener: Listener): boolean {
    this.hub.exit(known, listener);
    const isGone = this.people.exit(known, listener);
    // Whom a node that ends lets go moves to another one: nobody has to hear of it.
    if (this.#closing) return isGone;
    if (isGone) this.presence.moved(known, "went");
    if (known.listeners.size === 0) this.others?.moved(known, false);
    return isGone;
  }

  /**
   * Why somebody who was let in may not begin to hear: what was true then may be over by now.
   * `undefined` where they may.
   */
  whyOver({ known, login }: Pick<Welcome, "known" | "login">): ChatError | undefined {
    const why = this.people.logins.whyOver(login) ?? this.bans.whyUser(known.uid);
    if (why || this.people.get(known.uid) === known) return why;
    // Of several nodes another one may have given it up: then it is had again by coming again.
    if (this.others) return nameLostError();
    return new ChatError("revoked", "Your name was given up just now: say hello again");
  }

  /**
   * Ends every connection and running request of a user at once, on whichever node. Resolves when
   * they are closed; of those of other nodes, when that can be expected.
   */
  async endUser(uid: Uid, reason: ChatError): Promise<void> {
    this.others?.end(uid, reason);
    await this.endHere(uid, reason);
    await within(this.clock, limits.lingerMs, this.people.elsewhere.gone(uid));
  }

  /** The same on this node, of all of them or of `which`. */
  async endHere(
    uid: Uid,
    reason: ChatError,
    which: (listener: Listener) => boolean = () => true,
  ): Promise<void> {
    const listeners = [...this.people.get(uid)?.listeners ?? []].filter(which);
    await Promise.all(listeners.map((listener) => listener.end(reason)));
  }

  /** Ends what came with logins of a user that aren't kept any more, and whoever comes with one. */
  async endLogins(uid: Uid, hashes: readonly string[], reason: ChatError): Promise<void> {
    this.people.logins.end(hashes);
    this.others?.end(uid, reason, hashes);
    await this.endHere(uid, reason, ({ login }) => login !== undefined && hashes.includes(login));
  }

  /** The same for everybody who is on this node from an address, as {@linkcode addressBlock} gives it. */
  async endAddress(block: string, reason: ChatError): Promise<void> {
    const peers = [...this.#peers].filter(({ remote }) => addressBlock(remote) === block);
    await Promise.all(peers.map((peer) => peer.end(reason)));
  }

  /** A guest's time is over: their memberships end, then their name. */
  async endGuest(known: Known): Promise<void> {
    const { goneAt } = known;
    if (known.role !== "guest") return;
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
    const { addresses } = this;
    this.hub.tellAll({ t: "closing", reason, ...addresses.length > 0 && { addresses } });
    await Promise.all([...this.#peers].map((peer) => peer.end(closingError())));
    await this.uploads.close();
    this.presence.close();
    await this.others?.close();
  }

  /** Whoever has the name of the owner already, or is a guest who took it, is in nobody's way. */
  async #keepOwnersName(name: string | undefined): Promise<void> {
    const holder = name === undefined ? undefined : this.people.holder(name);
    if (holder?.role === "owner") this.ownership.taken();
    if (holder?.role === "guest") await this.endGuest(holder);
  }

  #check(): void {
    for (const peer of this.#peers) peer.check();
    this.uploads.check();
    this.visitors.check();
    this.floods.check();
    this.credentials.check();
    this.people.logins.check();
  }

  async #sweep(): Promise<void> {
    this.others?.check();
    if (this.others && !this.others.leads) return;
    for (const known of this.people.overdue()) await this.endGuest(known);
    if (this.others) {
      await this.uploads.complete().catch((error) => this.journal.error("uploads", error));
    }
  }

  async #forget(): Promise<void> {
    const leads = this.others?.leads ?? true;
    const now = this.clock.now();
    try {
      await this.uploads.sweep(leads);
      if (!leads) return;
      await this.backend.accounts.forgetLogins(now - limits.tokenMs);
      await this.invitations.sweep((uid) => this.people.get(uid) !== undefined);
      await this.bans.sweep();
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
