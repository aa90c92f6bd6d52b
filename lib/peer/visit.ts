/**
 * A user who comes for one request over HTTP. What they do goes through the same handlers, bounds
 * and queue as what comes over a connection, but without one: bytes aren't framed, nothing is told
 * to them but what the request is answered with.
 */

import { networkOf } from "../addresses.ts";
import { requireRole } from "../entry/admission.ts";
import { within } from "../clock.ts";
import { type Caller, handlers } from "./commands.ts";
import type { Core, Peer } from "../core.ts";
import { okOf } from "../wire/decode.ts";
import { commandOf } from "../wire/decode_request.ts";
import { ChatError, putsOut } from "../errors.ts";
import type { PassingEvent } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { LibraryEntry, Outgoing } from "../file_store.ts";
import { decideFresh, readFresh } from "../nodes/fresh.ts";
import { letIn } from "../entry/letting_in.ts";
import { limits } from "../limits.ts";
import type { Uid } from "../names.ts";
import type { Outbox } from "./outbox.ts";
import { type FilePeer, PeerFiles } from "../sharing/peer_files.ts";
import type { Known, Listener } from "../known.ts";
import type { Welcome } from "../entry/coming.ts";
import type { CommandRow } from "../wire/command_row.ts";
import { type Command, type CommandName, commands, type Ok, protocolVersion } from "../protocol.ts";
import { takesPart } from "../sharing/shelf.ts";
import { roomSeenBy } from "../entry/sight.ts";
import { tellDone, tellRefused } from "./telling.ts";

/** Who comes, as they say. */
export interface Comer {
  /** Where they are: an address, without a port. */
  readonly remote: string;
  readonly token?: string;
  /** Without a token: what a guest is to be called who is gone with the request. */
  readonly user?: string;
  /** What lets such a guest in, where they need it. */
  readonly invite?: string;
  /** Aborted when they have gone without waiting for the answer. */
  readonly lost?: AbortSignal;
  /** Ends their connection. */
  cut?(): void;
}

/** What may be done without a connection. */
export type VisitCommand =
  | "join"
  | "leave"
  | "say"
  | "offer"
  | "part"
  | "resume"
  | "finish"
  | "cancel";

/** A guest for one request costs as much as entering a room. */
const guestCost = commands.join.cost;

/** One request's user, from {@linkcode Visit.begin} until it is disposed of. */
export class Visit implements Caller, Peer, Listener, FilePeer, AsyncDisposable {
  readonly greeted = true;
  readonly mayOwn = false;
  readonly takes = { gzip: false, base64: false };
  readonly remote: string;
  bodyAt = 0;
  readonly #core: Core;
  readonly #comer: Comer;
  /** Whether the user is there for this request only. */
  readonly #isBrief: boolean;
  #known: Known | undefined;
  #login: string | undefined;
  #files: PeerFiles | undefined;
  /** Why what was sent isn't taken, said some time after it came. */
  #refusal: ChatError | undefined;
  readonly #granted = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  #isGranted = false;
  /** A room that was entered for this request. */
  #entered: string | undefined;
  /** Why the request is to end, where it is. */
  #ending: ChatError | undefined;

  private constructor(core: Core, comer: Comer) {
    this.#core = core;
    this.#comer = comer;
    this.remote = comer.remote;
    this.#isBrief = comer.token === undefined;
    comer.lost?.addEventListener("abort", () => this.#granted.resolve());
  }

  /**
   * Somebody comes: the user of their token, or a new guest.
   *
   * @throws {ChatError} `login_required` where they say neither; `server_full`, `closing`,
   * `slow_down`, and what keeps somebody from coming in
   */
  static async begin(core: Core, comer: Comer): Promise<Visit> {
    const visit = new Visit(core, comer);
    core.admit(visit);
    try {
      visit.#enter(await welcomed(core, comer));
    } catch (error) {
      core.dismiss(visit);
      throw error;
    }
    return visit;
  }

  get known(): Known {
    if (this.#known) return this.#known;
    throw new Error("Nobody has come yet");
  }

  get uid(): Uid {
    return this.known.uid;
  }

  get login(): string | undefined {
    return this.#login;
  }

  get files(): PeerFiles {
    return this.#files ??= new PeerFiles(this.#core, this);
  }

  get outbox(): Outbox {
    throw new Error("A request has no outbox: what it fetches is its answer");
  }

  /** Why what was sent isn't taken, where that is known by now. */
  get refusal(): ChatError | undefined {
    return this.#refusal;
  }

  /**
   * Does what a command means, and resolves what it comes to.
   *
   * @throws {ChatError} its refusal
   */
  async run<K extends VisitCommand>(
    name: K,
    fields: JsonObject,
    body?: Uint8Array,
  ): Promise<Ok<K>> {
    const row: CommandRow = commands[name];
    try {
      await this.#core.visitors.take(this.#key, row.cost);
      // Behind the waiting, in which either may have ended.
      this.requireHere();
      requireRole(this.known, name);
      const checked = okOf(name, await this.#done(name, fields, body));
      if (checked) return checked;
      throw new Error(`The answer to "${name}" isn't what its row says`);
    } catch (error) {
      throw this.#tellRefused(name, error, fields);
    }
  }

  /**
   * Enters a room for as long as the request takes, where they aren't in it. Makes none.
   *
   * @throws {ChatError} what keeps somebody out of the room
   */
  async enter(room: string): Promise<void> {
    const seen = () => roomSeenBy(this.#core, room, this.known.uid);
    // It may have just been made on another node.
    if (seen() === undefined) await this.#core.others?.caughtUp();
    const conversation = seen();
    if (conversation === undefined || takesPart(this.known, conversation.id)) return;
    await this.run("join", { room });
    this.#entered = room;
  }

  /**
   * A file with its bytes. Only where it `isNew` the log tells of it: one is read in many pieces.
   *
   * @throws {ChatError} `no_such_file`
   */
  async open(
    fields: JsonObject,
    { isNew }: { readonly isNew: boolean },
  ): Promise<{ readonly entry: LibraryEntry; readonly outgoing: Outgoing }> {
    try {
      this.requireHere();
      const { file } = commandOf("fetch", fields);
      const open = () => this.#core.shelf.open(this.known, file);
      const opened = await readFresh(this.#core, open);
      if (isNew) this.#tellDone("fetch", fields, { file: opened.entry.file });
      return opened;
    } catch (error) {
      throw this.#tellRefused("fetch", error, fields);
    }
  }

  /** The thumbnail of a file. @throws {ChatError} `no_such_file` */
  async thumb(fields: JsonObject): Promise<Uint8Array> {
    this.requireHere();
    const { file } = commandOf("fetch", fields);
    return await readFresh(this.#core, () => this.#core.shelf.thumb(this.known, file));
  }

  /** They have got a file to its end. Never rejects. */
  async took(entry: LibraryEntry): Promise<void> {
    try {
      await this.#core.shelf.taken(this.known, entry);
    } catch (error) {
      this.#core.journal.error("taken", error);
    }
  }

  /** Resolves whether a transfer of theirs that waits may send now, `ms` from now at the latest. */
  async granted(ms: number): Promise<boolean> {
    await within(this.#core.clock, ms, this.#granted.promise);
    this.requireHere();
    return this.#isGranted;
  }

  /** That the request may go on. @throws {ChatError} `closing`, `revoked`, `banned` */
  requireHere(): void {
    if (this.#ending) throw this.#ending;
  }

  /** Bytes of the request have come. */
  heard(): void {
    this.bodyAt = this.#core.clock.now();
  }

  tell(event: PassingEvent): void {
    if (event.t !== "granted") return;
    this.#isGranted = true;
    this.#granted.resolve();
  }

  tellRefusal(command: CommandName, error: unknown): void {
    this.#refusal ??= this.#tellRefused(command, error, {});
  }

  /** They hear of nothing: what a request is about is in its answer. */
  hear(): void {}

  /** What is sent stays its sender's. */
  reuse(): void {}

  greet(_welcome: Welcome, _hello: Command<"hello">): void {
    throw new Error("Who makes a request is known from its beginning");
  }

  /** The web port looks after silence itself. */
  check(): void {}

  async end(reason: ChatError): Promise<void> {
    this.#ending ??= reason;
    this.#granted.resolve();
    this.#files?.end();
    const { clock } = this.#core;
    if (!putsOut(reason.code)) return await within(clock, limits.drainMs, this.#gone.promise);
    await within(clock, limits.putOutMs, this.#gone.promise);
    // A peer that takes or sends little would be there until it is done.
    this.#comer.cut?.();
    await within(clock, limits.putOutMs, this.#gone.promise);
  }

  /** The request is answered, or its peer is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#files?.end();
    await this.#leaveRoom();
    this.#core.exit(this.known, this);
    this.#core.dismiss(this);
    if (this.#isBrief) await this.#core.endGuest(this.known);
    this.#gone.resolve();
  }

  /**
   * Also where they were put out meanwhile. Never rejects: what was asked for is done, and the log
   * says why they couldn't leave.
   */
  async #leaveRoom(): Promise<void> {
    const fields = { room: this.#entered };
    // A guest for one request leaves with their name.
    if (fields.room === undefined || this.#isBrief) return;
    await this.#done("leave", fields).catch((error) => this.#tellRefused("leave", error, fields));
  }

  #enter(welcome: Welcome): void {
    const over = this.#core.whyOver(welcome);
    if (over) throw over;
    const { known, login } = welcome;
    this.#known = known;
    this.#login = login;
    this.#core.enter(known, this);
  }

  /** Whoever makes a new guest for each request is bounded all the same. */
  get #key(): string {
    return this.#isBrief ? networkOf(this.remote) : this.known.uid;
  }

  async #done<K extends VisitCommand>(
    name: K,
    fields: JsonObject,
    body?: Uint8Array,
  ): Promise<JsonObject> {
    const row: CommandRow = commands[name];
    const command = commandOf(name, fields);
    const outcome = await decideFresh(this.#core, name, fields, () => {
      return handlers[name](this.#core, this, command, { id: undefined, body });
    });
    const answer = await outcome.answer;
    const ok = typeof answer === "function" ? answer() : answer;
    if (!row.unlogged) this.#tellDone(name, fields, ok);
    return ok;
  }

  #tellDone(command: CommandName, fields: JsonObject, ok: JsonObject): void {
    tellDone(this.#core.journal, this.#actor(), command, { fields, ok });
  }

  #tellRefused(command: CommandName, error: unknown, fields: JsonObject): ChatError {
    return tellRefused(this.#core.journal, this.#actor(), command, { error, fields });
  }

  #actor() {
    return { user: this.known.person.user, address: this.remote };
  }
}

async function welcomed(core: Core, comer: Comer): Promise<Welcome> {
  const { remote, token, user, invite } = comer;
  if (token !== undefined) return await core.people.ofToken(token);
  if (user === undefined) {
    const how = 'send your token as "Authorization: Bearer …", or be a guest with "?user=NAME"';
    throw new ChatError("login_required", `Cannot do that without knowing who you are: ${how}`);
  }
  await core.visitors.take(networkOf(remote), guestCost);
  const hello = { v: protocolVersion, user, ...invite !== undefined && { invite } };
  return await letIn(core, hello, remote);
}
