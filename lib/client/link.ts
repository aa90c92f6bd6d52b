/** One lasting relation to a server: dials, says hello, keeps it alive, dials again. */

import type { Clock, Stop } from "../clock.ts";
import type { Connection } from "../wire/connection.ts";
import { ChatError, refusalOf } from "../errors.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";
import { backoffMs, isPlaceAway, passesWithTime, retryAfterMs } from "./backoff.ts";
import {
  type Ending,
  Exchange,
  type ExchangeEvents,
  type Fetching,
  refusalReason,
} from "./exchange.ts";
import type { FetchTaker } from "./fetches.ts";
import { Kept } from "./kept.ts";
import type { Look } from "./looking.ts";

/** Makes a new connection to the server. A ChatError that it throws counts as the server's. */
export interface Dial {
  (): Promise<Connection>;
  /** Where else it can go; nowhere where that is missing. */
  readonly elsewhere?: Elsewhere;
}

/** How a {@linkcode Link} stands. */
export type LinkStatus =
  | { readonly is: "connecting"; readonly attempt: number }
  | {
    readonly is: "online";
    readonly hello: Ok<"hello">;
    /** The server can't keep anything for now: what would be waits until it can. */
    readonly isStalled: boolean;
  }
  | {
    readonly is: "waiting";
    /** When it dials again, in milliseconds since 1970. */
    readonly until: number;
    /** How many attempts have failed since it was last well. */
    readonly attempt: number;
    /** Why there is no connection, as a sentence without a full stop. */
    readonly reason: string;
  }
  /** Closed by us, or, with `error`, refused in a way that waiting can't help. */
  | { readonly is: "ended"; readonly error?: ChatError };

/** Where else a server is; see ways.ts. */
export interface Elsewhere {
  /** A server is there, and says where else it is. */
  well(addresses: readonly string[]): void;
  /** A server says where else it is. */
  learn(addresses: readonly string[]): void;
  /** The next dial goes elsewhere; whether there is no need to wait for it. */
  turn(): boolean;
  /**
   * Nothing can be kept where it is: until that is stopped it looks for an address where that is
   * otherwise, and then has the next dial go there and calls `move`.
   */
  look(how: Look & { move(): void }): Stop;
}

/** What a {@linkcode Link} is made with. */
export interface LinkOptions extends ExchangeEvents {
  readonly dial: Dial;
  /**
   * The first hello; later ones carry the token that the first was answered. Its password goes over
   * one connection only, whatever becomes of that.
   */
  readonly hello: Command<"hello">;
  readonly clock: Clock;
  /** At least 0 and under 1, for the spread of attempts. */
  random(): number;
  onStatus(status: LinkStatus): void;
  /** Ends where the server no longer knows the token, and doesn't come in as somebody new. */
  readonly onlyAsBefore?: boolean;
}

/** Time for a connection to be made. */
const dialMs = 15_000;
/** A connection that lived this long was well: the next attempts begin anew. */
const wellMs = 5_000;
/** Time for a server to answer `quit` before the connection is cut. */
const quitMs = 2_000;

/**
 * Commands that store something are kept, and sent again on the next connection in their original
 * order, until they are answered: those with a `cid`, which can't be doubled, and join and leave,
 * which change nothing when repeated; with a connection also `files`, which a download begins with.
 * A refusal that passes with time (`unavailable`, `closing`, `slow_down`) holds them back and sends
 * them again; any other rejects them. Everything else rejects with `unavailable` when there is no
 * connection or it is lost.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #kept: Kept;
  readonly #closing = Promise.withResolvers<void>();
  #closed = false;
  #running: Promise<void> | undefined;
  #status: LinkStatus = { is: "connecting", attempt: 1 };
  /** The connection under way, also before its hello is answered. */
  #exchange: Exchange | undefined;
  /** What the last hello was answered. */
  #hello: Ok<"hello"> | undefined;
  #token: string | undefined;
  /** What lets one in who has no token yet; given up when it has done so. */
  #invite: string | undefined;
  /** The same; given up when it is said. */
  #password: string | undefined;
  #attempt = 0;
  /** Ends the waiting before the next attempt. */
  #dialNow: () => void = () => {};
  #stopLooking: Stop = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#token = options.hello.token;
    this.#invite = options.hello.invite;
    this.#password = options.hello.password;
    this.#kept = new Kept(options);
  }

  /** How it stands. */
  get status(): LinkStatus {
    return this.#status;
  }

  /** Whether what is sent now goes out: an end is known here before its status is told. */
  get isOnline(): boolean {
    return this.#status.is === "online" && this.#exchange?.isOver === false;
  }

  /** Begins to dial. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Sends a command; see {@linkcode Link} for what becomes of it without a connection. With `once`
   * it isn't kept, and goes out before those that are; `onOk` is called then before anything that
   * came behind the answer is told.
   *
   * @throws {ChatError} what the server refuses it with, `unavailable` without a connection.
   */
  send<K extends CommandName>(
    name: K,
    fields: Command<K>,
    options: { readonly once?: boolean; onOk?(ok: Ok<K>): void } = {},
  ): Promise<Ok<K>> {
    if (this.#status.is === "ended") return Promise.reject(unavailable(name, "was closed"));
    const isKept = name === "join" || name === "leave" || (name === "files" && this.isOnline) ||
      ("cid" in fields && fields.cid !== undefined);
    if (isKept && !options.once) return this.#kept.send(name, fields);
    if (this.#status.is !== "online" || !this.#exchange) {
      return Promise.reject(unavailable(name, "isn't there now"));
    }
    return this.#exchange.request(name, fields, options.onOk);
  }

  /**
   * Sends a part over the connection that there is; see {@linkcode Exchange.part}.
   *
   * @throws {ChatError} `unavailable` without a connection.
   */
  part(fields: Command<"part">, body?: Uint8Array): Promise<void> {
    if (this.#status.is === "online" && this.#exchange) return this.#exchange.part(fields, body);
    return Promise.reject(unavailable("part", "isn't there now"));
  }

  /**
   * Fetches over the connection that there is; see {@linkcode Exchange.fetch}.
   *
   * @throws {ChatError} `unavailable` without a connection.
   */
  fetch(fields: Command<"fetch">, taker: FetchTaker): Fetching {
    if (this.#status.is === "online" && this.#exchange) return this.#exchange.fetch(fields, taker);
    throw unavailable("fetch", "isn't there now");
  }

  /** Rejects each kept command for which `refuse` gives an error. */
  forget(refuse: (name: CommandName, fields: object) => ChatError | undefined): void {
    this.#kept.forget(refuse);
  }

  /** Dials at once where it waits, and anew where there is a connection. */
  reconnect(): void {
    this.#attempt = 0;
    this.#exchange?.end({ reason: "Connecting again" });
    this.#dialNow();
  }

  /** Says quit, lets what was sent be answered, and ends. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#closing.resolve();
      if (this.#status.is === "online" && this.#exchange) this.#quit(this.#exchange);
      else this.#exchange?.end({ reason: "Closed" });
    }
    await this.#running;
    this.#end();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const ending = await this.#connect();
      this.#kept.offline();
      if (this.#closed) return;
      if (ending.error && (ending.isFinal || this.#isFinal(ending.error))) {
        this.#end(ending.error);
        return;
      }
      await this.#wait(ending);
    }
  }

  /** One connection, from dialling to its end. */
  async #connect(): Promise<Ending & { readonly isFinal?: boolean }> {
    this.#attempt++;
    this.#tell({ is: "connecting", attempt: this.#attempt });
    const dialled = await this.#dial();
    if ("reason" in dialled) return dialled;
    const exchange = new Exchange(dialled, this.#events());
    this.#exchange = exchange;
    const over = exchange.run();
    const fields = this.#helloFields();
    this.#password = undefined;
    // Events may come in the same packet: they are about what hello was answered.
    const greeted = exchange.request("hello", fields, (hello) => {
      this.#online(exchange, hello);
    });
    const answer = await greeted.catch(refusalOf);
    if (answer instanceof ChatError && answer !== exchange.lost) {
      exchange.end({ reason: answer.message, error: answer });
    }
    const onlineAt = this.#options.clock.now();
    const wasOnline = this.#status.is === "online";
    const ending = await over;
    this.#stopLooking();
    this.#exchange = undefined;
    if (wasOnline && this.#options.clock.now() - onlineAt >= wellMs) this.#attempt = 0;
    const isUsedUp = fields.password !== undefined && !wasOnline;
    return isUsedUp ? { ...ending, error: ending.error ?? unsure(), isFinal: true } : ending;
  }

  /** What comes, with a look at what it says of the server itself. */
  #events(): LinkOptions {
    const { dial: { elsewhere }, onEvent } = this.#options;
    return {
      ...this.#options,
      onEvent: (event) => {
        if (event.t === "closing" && "addresses" in event) elsewhere?.learn(event.addresses ?? []);
        if (event.t === "stalled" && !this.#stalled(event.on)) return;
        onEvent(event);
      },
    };
  }

  /** Whether that is news. */
  #stalled(isStalled: boolean): boolean {
    const status = this.#status;
    if (status.is !== "online" || status.isStalled === isStalled) return false;
    this.#status = { ...status, isStalled };
    this.#look(isStalled);
    return true;
  }

  /** Where nothing can be kept here, that may be otherwise elsewhere. */
  #look(isStalled: boolean): void {
    this.#stopLooking();
    const { clock, dial: { elsewhere }, hello: { quiet } } = this.#options;
    // A quiet connection isn't told when it is over.
    if (!isStalled || quiet || !elsewhere) return;
    this.#stopLooking = elsewhere.look({
      hello: { ...this.#helloFields(), quiet: true },
      clock,
      move: () => this.reconnect(),
    });
  }

  /** A connection, or why there is none. */
  #dial(): Promise<Connection | Ending> {
    const { clock, dial } = this.#options;
    return new Promise((resolve) => {
      let waiting = true;
      const stop = clock.after(dialMs, () => settle({ reason: "The server doesn't answer" }));
      const settle = (outcome: Connection | Ending): void => {
        if (!waiting) {
          if ("close" in outcome) outcome.close();
          return;
        }
        waiting = false;
        stop();
        resolve(outcome);
      };
      void this.#closing.promise.then(() => settle({ reason: "Closed" }));
      dial().then(settle, (error) => {
        const reason = refusalReason(error);
        settle(error instanceof ChatError ? { reason, error } : { reason });
      });
    });
  }

  #helloFields(): Command<"hello"> {
    const { hello } = this.#options;
    const user = hello.user ?? this.#hello?.user;
    return {
      ...helloAgain(hello, this.#token),
      ...user !== undefined && { user },
      ...this.#invite !== undefined && { invite: this.#invite },
      ...this.#password !== undefined && { password: this.#password },
    };
  }

  #online(exchange: Exchange, hello: Ok<"hello">): void {
    this.#hello = hello;
    this.#token = hello.token;
    this.#invite = undefined;
    this.#options.dial.elsewhere?.well(hello.server.addresses);
    // What is sent `once` while this is told goes out before what was kept.
    const { stalled: isStalled = false } = hello;
    this.#tell({ is: "online", hello, isStalled });
    this.#look(isStalled);
    this.#kept.online(exchange);
  }

  /** Whether it makes no sense to try again. */
  #isFinal({ code, account }: ChatError): boolean {
    if (passesWithTime(code) || code === "internal" || code === "too_long") return false;
    if (this.#hello === undefined) return true;
    // Whoever has an account comes back as that or not at all.
    const asBefore = this.#options.onlyAsBefore || this.#hello.role !== "guest";
    if (code === "bad_login" && asBefore) return true;
    if (code === "bad_login" && this.#token !== undefined) {
      // The server no longer knows us: wiped, or another one. Once more as somebody new.
      this.#token = undefined;
      return false;
    }
    // Whoever has the name goes some day; ten minutes after they left it is free. Accounts stay.
    return code !== "name_taken" || account === true;
  }

  async #wait(ending: Ending): Promise<void> {
    const { clock, random } = this.#options;
    const isElsewhere = isPlaceAway(ending.error) && this.#options.dial.elsewhere?.turn() === true;
    if (isElsewhere) this.#attempt = 0;
    const ms = isElsewhere
      ? backoffMs(1, random())
      : retryAfterMs(ending.error?.retryMs, this.#attempt + 1, random());
    const attempt = this.#attempt;
    this.#tell({ is: "waiting", until: clock.now() + ms, attempt, reason: ending.reason });
    let stop: Stop = () => {};
    const passed = new Promise<void>((resolve) => {
      stop = clock.after(ms, resolve);
      this.#dialNow = resolve;
    });
    await Promise.race([passed, this.#closing.promise]);
    stop();
  }

  #quit(exchange: Exchange): void {
    const stop = this.#options.clock.after(quitMs, () => exchange.end({ reason: "Closed" }));
    const left = (): void => {
      stop();
      exchange.end({ reason: "Closed" });
    };
    exchange.request("quit", {}).then(left, left);
  }

  #tell(status: LinkStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }

  #end(error?: ChatError): void {
    if (this.#status.is === "ended") return;
    this.#tell(error ? { is: "ended", error } : { is: "ended" });
    this.#kept.forget((name) => error ?? unavailable(name, "was closed"));
  }
}

/** A hello for whoever has come in already: with the token, and without what let them in. */
export function helloAgain(
  { password: _password, invite: _invite, token: _token, ...hello }: Command<"hello">,
  token: string | undefined,
): Command<"hello"> {
  return token === undefined ? hello : { ...hello, token };
}

function unsure(): ChatError {
  const why = "the connection was lost before the server had answered; try it again";
  return new ChatError("unavailable", `Cannot log in: ${why}`);
}

function unavailable(name: CommandName, what: string): ChatError {
  return new ChatError(
    "unavailable",
    `Cannot do that (${name}): the connection to the server ${what}`,
  );
}
