/** The other nodes: what this one tells them, and what comes of what it hears. */

import { addressBlock } from "../addresses.ts";
import { bannedError } from "../entry/bans.ts";
import type { Claims } from "../sharing/claims.ts";
import { within } from "../clock.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { PassingEvent } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { Known } from "../known.ts";
import { limits } from "../limits.ts";
import type { ConversationId, Uid } from "../names.ts";
import type { Role } from "../wire/command_row.ts";
import { Givers } from "./givers.ts";
import { type Note, noteOf, noteUsersMax } from "./node_notes.ts";
import type { Follower, News, NodeAddress, NodeId, Nodes } from "../nodes.ts";
import { tellRole } from "../roles.ts";
import { Roster } from "./roster.ts";
import type { User } from "../store.ts";

/** All of them, as this one knows them. */
export class Others implements Follower {
  readonly #core: Core;
  readonly #nodes: Nodes;
  readonly #roster: Roster;
  readonly #claims: Claims | undefined;
  readonly #givers = new Givers();
  readonly #addresses = new Map<NodeId, NodeAddress>();
  /** What the others were asked, and takes the answer of one of them. */
  readonly #questions = new Map<number, (users: readonly Uid[]) => void>();
  #asked = 0;
  #whyCut: string | undefined;

  constructor(core: Core, nodes: Nodes) {
    const { people, presence, clock } = core;
    this.#core = core;
    this.#nodes = nodes;
    this.#claims = core.claims;
    this.#roster = new Roster({ nodes, people, presence, clock });
  }

  /** Where clients reach the others. */
  get addresses(): readonly NodeAddress[] {
    return [...this.#addresses.values()];
  }

  /** Whether nothing can be kept for now. */
  get isCut(): boolean {
    return this.#whyCut !== undefined;
  }

  /** Why that is, in words for whoever runs the server; `undefined` where everything is kept. */
  get whyCut(): string | undefined {
    return this.#whyCut;
  }

  /** Whether what one node does for all is this one's to do. */
  get leads(): boolean {
    const { id } = this.#nodes;
    return !this.isCut && [...this.#addresses.keys()].every((other) => id < other);
  }

  /** Resolves when everything is here that was kept anywhere. */
  caughtUp(): Promise<boolean> {
    return this.#nodes.caughtUp();
  }

  /** The first connection of somebody to this node began, or the last one ended. */
  moved({ uid }: Known, isHere: boolean): void {
    this.#roster.moved(uid, isHere);
  }

  /** Somebody types. */
  typed(conversation: ConversationId, { uid }: Known): void {
    this.#pass({ is: "typed", conversation, uid });
  }

  /** Somebody is away, or back. */
  away({ uid }: Known): void {
    this.#roster.away(uid);
  }

  /** Somebody is about to be given a role. */
  giving({ uid }: Known, role: Role, by: Uid): void {
    this.#pass({ is: "giving", uid, role, by });
  }

  /** A guest doesn't come back. */
  retired({ uid }: Known): void {
    this.#pass({ is: "retired", uid });
  }

  /** Tells every peer of theirs. */
  tellAll(event: PassingEvent): void {
    this.#pass({ is: "tell_all", event });
  }

  /** Ends every connection of a user to them, or those that came with some logins. */
  end(uid: Uid, { code, message, retryMs }: ChatError, logins?: readonly string[]): void {
    const why = { code, message, ...retryMs !== undefined && { retryMs } };
    this.#pass({ is: "end", uid, ...why, ...logins && { logins } });
  }

  /** Who is connected to them from an address, as {@linkcode addressBlock} gives it. */
  async usersAt(address: string): Promise<readonly Uid[]> {
    const question = this.#asked++;
    const users: Uid[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    let missing = this.#addresses.size;
    this.#questions.set(question, (some) => {
      users.push(...some);
      if (--missing === 0) resolve();
    });
    if (missing === 0) resolve();
    this.#pass({ is: "who_at", address, question });
    await within(this.#core.clock, limits.loginEndedMs, promise);
    this.#questions.delete(question);
    return users;
  }

  /** Looks after what may have been missed; to be called every 10 s. */
  check(): void {
    this.#roster.check();
    // Clients give up a server that owes them an answer and says nothing for 20 s.
    if (this.isCut) this.#core.hub.tellAll({ t: "stalled", on: true });
  }

  /** Takes part no more. */
  async close(): Promise<void> {
    this.#claims?.close();
    this.#roster.close();
    await this.#nodes.leave();
  }

  news(news: News): void {
    this.#safely(() => this.#learn(news));
  }

  #learn(news: News): void {
    const { hub, bans, invitations, uploads } = this.#core;
    uploads.learn(news);
    switch (news.is) {
      case "appended":
        return hub.learn(news.append);
      case "users":
        return this.#users(news.users);
      case "logins dropped":
        return this.#dropped(news.hashes);
      case "record": {
        this.#claims?.learn(news);
        invitations.learn(news);
        const ban = bans.learn(news);
        const why = ban && bannedError(ban, this.#core.clock);
        if (ban?.whom.is === "user") void this.#core.endHere(ban.whom.user.uid, why!);
        if (ban?.whom.is === "address") void this.#core.endAddress(ban.whom.address, why!);
        return;
      }
      case "marked":
      // These are of uploads alone.
      case "transfer":
      case "finishing":
      case "transfer dropped":
      case "freed":
        return;
      default:
        news satisfies never;
    }
  }

  note(from: NodeId, json: JsonObject): void {
    const note = noteOf(json);
    // What a newer version says that this one doesn't know is for those who do.
    if (note) this.#safely(() => this.#heard(from, note));
  }

  came(node: NodeId, address: NodeAddress): void {
    const { chat } = address;
    if (this.#addresses.get(node)?.chat !== chat) this.#tellLog(`${chat} is there`);
    this.#addresses.set(node, address);
    this.#safely(() => {
      this.#roster.came(node);
      this.#claims?.came(node);
      this.#core.uploads.nodesChanged();
    });
  }

  went(node: NodeId): void {
    const address = this.#addresses.get(node);
    if (address) this.#tellLog(`${address.chat} is gone`);
    this.#addresses.delete(node);
    this.#safely(() => {
      this.#roster.went(node);
      this.#claims?.went(node);
      this.#core.uploads.nodesChanged();
    });
  }

  cut(why: string | undefined): void {
    const isCut = why !== undefined;
    this.#whyCut = why;
    this.#tellLog(isCut ? `nothing is kept now: ${why}` : "everything is kept again");
    this.#safely(() => {
      this.#claims?.cut(isCut);
      this.#core.uploads.nodesChanged();
      this.#core.hub.tellAll({ t: "stalled", on: isCut });
      // What they told meanwhile is lost, and what they were told.
      if (!isCut) { for (const node of this.#addresses.keys()) this.#roster.came(node); }
    });
  }

  #tellLog(text: string): void {
    this.#core.journal.note("nodes", text);
  }

  /** Never throws: whatever becomes of one thing, what comes behind it has to be heard. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#core.journal.error("nodes", error);
    }
  }

  #users(users: readonly User[]): void {
    const { people, presence, ownership } = this.#core;
    const { came, lost, became } = people.learn(users);
    for (const known of came) presence.moved(known, "came");
    for (const { uid } of users) {
      const known = people.get(uid);
      if (known) this.#roster.met(known);
    }
    for (const known of became) {
      const by = this.#givers.take(known.uid, known.role);
      tellRole(this.#core, known, by && people.get(by)?.person);
    }
    for (const { listeners } of lost) {
      const error = nameLostError();
      for (const listener of listeners) void listener.end(error);
    }
    const owner = users.some(({ key, role }) => role === "owner" && ownership.keeps(key));
    if (owner) ownership.taken();
  }

  #dropped(hashes: readonly string[]): void {
    const { people, clock } = this.#core;
    people.logins.end(hashes);
    clock.after(limits.loginEndedMs, () => {
      const ended = new Set<string | undefined>(hashes);
      const error = new ChatError("revoked", "This login was ended: log in again");
      for (const { listeners } of people.sorted()) {
        for (const listener of listeners) if (ended.has(listener.login)) void listener.end(error);
      }
    });
  }

  #heard(from: NodeId, note: Note): void {
    const { people, hub } = this.#core;
    const known = "uid" in note ? people.get(note.uid) : undefined;
    switch (note.is) {
      case "moved":
      case "here":
      case "who":
        return this.#roster.heard(from, note);
      case "who_at": {
        const { address, question } = note;
        const users = usersHere(people.sorted(), address).slice(0, noteUsersMax);
        return this.#nodes.pass({ is: "at", question, users } satisfies Note, from);
      }
      case "at":
        return this.#questions.get(note.question)?.(note.users);
      case "give":
        void this.#claims?.asked(from, note);
        return;
      case "given":
        return this.#claims?.given(note);
      case "typed": {
        if (!known) return;
        const { user } = known.person;
        return hub.pass(note.conversation, (place) => ({ t: "typed", ...place, user }), known);
      }
      case "tell":
        return hub.tellHere(note.uid, note.event);
      case "tell_all":
        return hub.tellAll(note.event);
      case "giving":
        return this.#givers.heard(note.uid, note.role, note.by);
      case "retired":
        if (known) people.retire(known);
        return;
      case "end": {
        const { uid, logins, code, message, retryMs } = note;
        const error = new ChatError(code, message, {
          ends: true,
          ...retryMs !== undefined && { retryMs },
        });
        void this.#core.endHere(uid, error, ({ login }) => {
          return !logins || (login !== undefined && logins.includes(login));
        });
        return;
      }
      default:
        note satisfies never;
    }
  }

  #pass(note: Note): void {
    this.#nodes.pass(note);
  }
}

function usersHere(all: readonly Known[], address: string): readonly Uid[] {
  return all.flatMap(({ uid, listeners }) => {
    return [...listeners].some(({ remote }) => addressBlock(remote) === address) ? [uid] : [];
  });
}

/** What they hear whose name was given up while they were there, or came. */
export function nameLostError(): ChatError {
  return new ChatError("closing", "Your name was given up just now: come again", {
    retryMs: 1,
  });
}
