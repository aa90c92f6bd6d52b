/**
 * The invitations: who made which, how many have come by each, and what those who came by them may.
 * A code is kept as its hash only; who knows it comes in as somebody new, once for each use.
 */

import { isLoopback } from "../addresses.ts";
import { type Clock, randomText } from "../clock.ts";
import { isAtLeast, type Role } from "../wire/command_row.ts";
import { ChatError } from "../errors.ts";
import type { Person } from "../events.ts";
import { inviteCode, plainCode } from "./invite_code.ts";
import {
  type Invitation,
  invitationOf,
  kinds,
  type Offered,
  type Pass,
  passOf,
  recordOf,
  useKey,
  useOf,
} from "./kept_invitations.ts";
import { limits } from "../limits.ts";
import type { ConversationId, Uid } from "../names.ts";
import type { EntryRule, Links } from "./entry_rule.ts";
import type { News } from "../nodes.ts";
import type { Records } from "../store.ts";

/** A use that is taken before it is known whether its user gets in. */
export interface Use {
  /** They get in: keeps that, at once. */
  keep(uid: Uid): Promise<void>;
  /** They don't. */
  giveBack(): Promise<void>;
}

/** What {@linkcode Invitations} need. */
export interface InvitationsOptions extends EntryRule {
  readonly records: Records;
  readonly clock: Pick<Clock, "now">;
}

const noPass: Pass = { rooms: new Set(), role: "guest" };

const firstStart = "invited";

/** Every invitation that was made and not withdrawn, and what came of them. */
export class Invitations {
  readonly #options: InvitationsOptions;
  /** The oldest first. */
  readonly #byId = new Map<string, Invitation>();
  readonly #passes = new Map<Uid, Pass>();
  #isFirstMade = false;

  private constructor(options: InvitationsOptions) {
    this.#options = options;
  }

  /** With all that was kept. */
  static async load(options: InvitationsOptions): Promise<Invitations> {
    const { records } = options;
    const invitations = new Invitations(options);
    const kept = (await records.all(kinds.invitation)).map(invitationOf);
    for (const invitation of kept.toSorted((one, other) => one.at - other.at)) {
      invitations.#byId.set(invitation.id, invitation);
    }
    for (const { key } of await records.all(kinds.use)) invitations.#hasCome(key);
    for (const record of await records.all(kinds.pass)) {
      invitations.#passes.set(record.key as Uid, passOf(record));
    }
    const starts = await records.all(kinds.start);
    invitations.#isFirstMade = starts.some(({ key }) => key === firstStart);
    return invitations;
  }

  /** Whether who comes from there needs one, if they are new. */
  isRequired(remote: string): boolean {
    return !this.#options.isOpen && !isLoopback(remote);
  }

  /** What a code is handed on as. */
  linksOf(code: string): Links {
    return this.#options.linksOf(code);
  }

  /** The good invitation that `text` is the code of. Takes as long whether there is one or not. */
  async find(text: string): Promise<Invitation | undefined> {
    const hash = await hashOf(plainCode(text) ?? "");
    let found: Invitation | undefined;
    // To its end, and each to its end: how long it takes tells nothing of what is kept.
    for (const invitation of this.#byId.values()) {
      if (isSame(invitation.hash, hash)) found = invitation;
    }
    return found && this.#isGood(found) ? found : undefined;
  }

  /** Takes one use; `undefined` where the last one has just been taken. */
  use(invitation: Invitation): Use | undefined {
    if (!this.#isGood(invitation)) return undefined;
    invitation.used++;
    const { room, role } = invitation;
    let kept: { readonly uid: Uid; readonly before: Pass } | undefined;
    return {
      keep: async (uid) => {
        const before = this.#passes.get(uid) ?? noPass;
        kept = { uid, before };
        const rooms = new Set(before.rooms);
        if (room !== undefined) rooms.add(room);
        const more = isMoreThan(role, before.role) ? role : before.role;
        await Promise.all([
          this.#keepUse(invitation, uid),
          this.#setPass(uid, { role: more, rooms }),
        ]);
        // Others may have come to another node, and before.
        if (placeOf(invitation, uid) > (invitation.uses ?? Infinity)) throw badInvite();
      },
      giveBack: async () => {
        invitation.used--;
        if (kept === undefined) return;
        await this.#setPass(kept.uid, kept.before);
        if (this.#byId.has(invitation.id)) await this.#dropUse(invitation, kept.uid);
      },
    };
  }

  /**
   * Takes a use for somebody who is in already, where it gives them something that they haven't got;
   * whether it did.
   */
  async redeem(
    known: { readonly uid: Uid; readonly role: Role; readonly rooms: ReadonlySet<ConversationId> },
    invitation: Invitation,
  ): Promise<boolean> {
    const { role, room } = invitation;
    const pass = this.#passes.get(known.uid);
    const isNewRoom = room !== undefined && !known.rooms.has(room) && !pass?.rooms.has(room);
    const isNewRole = known.role === "guest" && isMoreThan(role, pass?.role ?? "guest");
    const use = isNewRoom || isNewRole ? this.use(invitation) : undefined;
    if (use === undefined) return false;
    try {
      await use.keep(known.uid);
      return true;
    } catch (error) {
      await use.giveBack();
      if (error instanceof ChatError && error.code === "bad_invite") return false;
      throw error;
    }
  }

  /**
   * Whether somebody was invited to a room that they aren't in; with `key`, which may be the code of
   * an invitation to it, they are from then on.
   */
  async mayJoin(
    known: { readonly uid: Uid; readonly role: Role; readonly rooms: ReadonlySet<ConversationId> },
    room: ConversationId,
    key?: string,
  ): Promise<boolean> {
    if (this.#passes.get(known.uid)?.rooms.has(room)) return true;
    const found = key === undefined ? undefined : await this.find(key);
    return found?.room === room && await this.redeem(known, found);
  }

  /** What an invitation has promised somebody who registers. */
  roleOf(uid: Uid): Role {
    const { role = "guest" } = this.#passes.get(uid) ?? {};
    return isMoreThan(role, "member") ? role : "member";
  }

  /** Somebody registers, and is what they were promised: it isn't promised any more. */
  async registered(uid: Uid): Promise<void> {
    const pass = this.#passes.get(uid);
    if (pass) await this.#setPass(uid, { ...pass, role: "guest" });
  }

  /** Somebody has joined a room: who leaves it has to be invited again. */
  async joined(uid: Uid, room: ConversationId): Promise<void> {
    const pass = this.#passes.get(uid);
    if (!pass?.rooms.has(room)) return;
    const rooms = new Set(pass.rooms);
    rooms.delete(room);
    await this.#setPass(uid, { ...pass, rooms });
  }

  /** Somebody's time is over. */
  async forget(uid: Uid): Promise<void> {
    await this.#setPass(uid, noPass);
  }

  /**
   * Makes one, on disk when it resolves; its code is told here and never again.
   *
   * @throws {ChatError} `not_allowed` over the bounds
   */
  async make(
    offered: Offered,
    by?: Person,
  ): Promise<{ readonly invitation: Invitation; readonly code: string }> {
    const { clock } = this.#options;
    const code = inviteCode();
    const hash = await hashOf(plainCode(code) ?? "");
    this.#requireRoom(by);
    const id = randomText(9);
    const unused = { used: 0, usedBefore: 0, users: new Set<Uid>() };
    const invitation = { ...offered, id, hash, at: clock.now(), ...unused, ...by && { by } };
    this.#byId.set(id, invitation);
    try {
      await this.#keep(invitation);
    } catch (error) {
      this.#byId.delete(id);
      throw error;
    }
    return { invitation, code };
  }

  /**
   * The code of the server's own invitation, made at its first start, or `anew`; `undefined` where
   * it was made before.
   */
  async ofServer({ anew }: { readonly anew: boolean }): Promise<string | undefined> {
    if (this.#isFirstMade && !anew) return undefined;
    const own = [...this.#byId.values()].filter(({ by }) => by === undefined);
    const tooMany = own.slice(0, Math.max(0, own.length + 1 - limits.invitesPerUserMax));
    for (const { id } of tooMany) await this.withdraw(id);
    const { code } = await this.make({ role: "guest" });
    const value = { at: this.#options.clock.now() };
    await this.#options.records.put(kinds.start, firstStart, value);
    this.#isFirstMade = true;
    return code;
  }

  /** Those that are good and were made by `uid`; all that are where none is said. Oldest first. */
  all(uid?: Uid): readonly Invitation[] {
    const good = [...this.#byId.values()].filter((invitation) => this.#isGood(invitation));
    return uid === undefined ? good : good.filter(({ by }) => by?.uid === uid);
  }

  /** Another node has kept a record. */
  learn({ kind, key, value }: Extract<News, { is: "record" }>): void {
    switch (kind) {
      case kinds.invitation:
        if (value === undefined) return void this.#byId.delete(key);
        return this.#learnOne(invitationOf({ key, value }));
      case kinds.use:
        return value === undefined ? this.#hasNotCome(key) : this.#hasCome(key);
      case kinds.pass:
        if (value === undefined) return void this.#passes.delete(key as Uid);
        return void this.#passes.set(key as Uid, passOf({ key, value }));
      case kinds.start:
        this.#isFirstMade = true;
    }
  }

  /** Ends an invitation; whoever came by it stays. */
  async withdraw(id: string): Promise<void> {
    const invitation = this.#byId.get(id);
    const { records } = this.#options;
    const uses = [...invitation?.users ?? []].map((uid) =>
      records.put(kinds.use, useKey(id, uid), undefined)
    );
    this.#byId.delete(id);
    try {
      await Promise.all([records.put(kinds.invitation, id, undefined), ...uses]);
    } catch (error) {
      // On the disk it is good still: whoever wanted that has to be able to try it again.
      if (invitation) this.#byId.set(id, invitation);
      throw error;
    }
  }

  /**
   * Somebody has no business here, or in a room, any more: nobody comes by what they made, they
   * least of all.
   */
  async withdrawOf(uid: Uid, room?: ConversationId): Promise<void> {
    const theirs = this.all(uid).filter((made) => room === undefined || made.room === room);
    await Promise.all(theirs.map(({ id }) => this.withdraw(id)));
  }

  /** Forgets invitations that nobody can use any more, and what was promised to who is gone. */
  async sweep(isHere: (uid: Uid) => boolean): Promise<void> {
    for (const uid of this.#passes.keys()) if (!isHere(uid)) await this.forget(uid);
    for (const invitation of [...this.#byId.values()]) {
      if (!this.#isGood(invitation)) await this.withdraw(invitation.id);
    }
  }

  #isGood({ id, used, uses, until }: Invitation): boolean {
    const isThere = this.#byId.has(id) && used < (uses ?? Infinity);
    return isThere && this.#options.clock.now() < (until ?? Infinity);
  }

  #requireRoom(by: Person | undefined): void {
    const good = this.all();
    const own = good.filter((one) => one.by?.uid === by?.uid).length;
    if (own >= limits.invitesPerUserMax) {
      const bound = `${limits.invitesPerUserMax} of yours are good still`;
      throw new ChatError("not_allowed", `Cannot invite: ${bound}; withdraw one first`);
    }
    if (good.length >= limits.invitesMax) {
      const bound = `${limits.invitesMax} are good still`;
      throw new ChatError("not_allowed", `Cannot invite: ${bound}, as many as there may be`);
    }
  }

  /** The same invitation is one object for as long as it is good: somebody may be coming by it. */
  #learnOne(invitation: Invitation): void {
    const there = this.#byId.get(invitation.id);
    if (there) there.used = Math.max(there.used, invitation.used);
    else this.#byId.set(invitation.id, invitation);
  }

  #hasCome(key: string): void {
    const { id, uid } = useOf(key) ?? {};
    const invitation = this.#byId.get(id ?? "");
    if (!invitation || uid === undefined || invitation.users.has(uid)) return;
    invitation.users.add(uid);
    invitation.used++;
  }

  #hasNotCome(key: string): void {
    const { id, uid } = useOf(key) ?? {};
    const invitation = this.#byId.get(id ?? "");
    if (invitation && uid !== undefined && invitation.users.delete(uid)) invitation.used--;
  }

  async #keep(invitation: Invitation): Promise<void> {
    await this.#options.records.put(kinds.invitation, invitation.id, recordOf(invitation));
  }

  async #keepUse(invitation: Invitation, uid: Uid): Promise<void> {
    if (invitation.uses === undefined) return await this.#keep(invitation);
    await this.#options.records.put(kinds.use, useKey(invitation.id, uid), {});
    invitation.users.add(uid);
  }

  async #dropUse(invitation: Invitation, uid: Uid): Promise<void> {
    if (invitation.uses === undefined) return await this.#keep(invitation);
    invitation.users.delete(uid);
    await this.#options.records.put(kinds.use, useKey(invitation.id, uid), undefined);
  }

  async #setPass(uid: Uid, { role, rooms }: Pass): Promise<void> {
    const before = this.#passes.get(uid);
    const pass = rooms.size > 0 || isMoreThan(role, "member") ? { role, rooms } : undefined;
    if (pass === undefined && before === undefined) return;
    this.#hold(uid, pass);
    try {
      const value = pass && { role, rooms: [...rooms] };
      await this.#options.records.put(kinds.pass, uid, value);
    } catch (error) {
      this.#hold(uid, before);
      throw error;
    }
  }

  #hold(uid: Uid, pass: Pass | undefined): void {
    if (pass) this.#passes.set(uid, pass);
    else this.#passes.delete(uid);
  }
}

/** Which place somebody has among those who have come. */
function placeOf({ usedBefore, users }: Invitation, uid: Uid): number {
  return usedBefore + [...users].indexOf(uid) + 1;
}

/** One sentence for all of them: that a code was good once is nothing to tell. */
export function badInvite(): ChatError {
  const how = "ask somebody who is in for one";
  return new ChatError("bad_invite", `Cannot come in without an invitation that is good: ${how}`);
}

async function hashOf(plain: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(plain)));
}

/** Whether two hashes are the same, in the same time wherever they differ. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}

function isMoreThan(role: Role, other: Role): boolean {
  return isAtLeast(role, other) && role !== other;
}
