/**
 * Whoever runs the server: no user of it, but may do what its owner may. What both can do goes
 * through the same handlers.
 */

import { type Caller, handlers } from "../peer/commands.ts";
import { within } from "../clock.ts";
import type { Core } from "../core.ts";
import { ChatError, refusalOf } from "../errors.ts";
import { type JsonObject, requireFields } from "../wire/fields.ts";
import { operatorHandlers } from "./operating.ts";
import {
  isOperatorCommand,
  isShared,
  keeps,
  type OperatorCommandName,
  operatorCommands,
  type shared,
} from "../wire/operator_commands.ts";
import type { PeerFiles } from "../sharing/peer_files.ts";
import { type Known, operatorKnown } from "../known.ts";
import type { Others } from "../nodes/others.ts";
import { commandOf } from "../wire/decode_request.ts";

/** What the log tells as their address. */
const remote = "operator";
/** How long somebody waits for what can't be kept now: as long as NATS takes to be itself again. */
const keptMs = 3000;

/** Does what the operator of a server asks for. */
export class Operator implements Caller {
  readonly known: Known = operatorKnown();
  readonly greeted = true;
  readonly remote = remote;
  readonly login = undefined;
  readonly mayOwn = false;
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  get files(): PeerFiles {
    throw new Error("The operator moves no files");
  }

  greet(): void {
    throw new Error("The operator is known from the beginning");
  }

  /**
   * Does it; what it comes to. Where nothing can be kept, nobody waits for that.
   *
   * @throws {ChatError} its refusal; `unavailable` where it isn't known yet whether it will be done
   */
  async run(name: unknown, fields: JsonObject): Promise<JsonObject> {
    if (!isOperatorCommand(name)) {
      throw new ChatError("unknown_command", "This server knows no such command: is it older?");
    }
    const doing = this.#told(name, () => this.#do(name, fields));
    const { others } = this.#core;
    return others ? await this.#unlessCut(others, doing) : await doing;
  }

  /** What comes of it, however long it takes; but where nothing can be kept, that it isn't known. */
  async #unlessCut(others: Others, doing: Promise<JsonObject>): Promise<JsonObject> {
    let isOver = false;
    const over = doing.finally(() => isOver = true);
    do await within(this.#core.clock, keptMs, over); while (!isOver && !others.isCut);
    if (!isOver && others.whyCut !== undefined) throw waitingError(others.whyCut);
    return await doing;
  }

  /** Does it, and has the log say what came of it, however late. */
  async #told(name: OperatorCommandName, act: () => Promise<JsonObject>): Promise<JsonObject> {
    const { journal } = this.#core;
    const actor = { user: this.known.person.user, address: remote, command: name };
    try {
      const ok = await act();
      journal.action(actor);
      return ok;
    } catch (error) {
      if (!(error instanceof ChatError)) journal.error(`command ${name}`, error);
      const refusal = refusalOf(error);
      journal.action({ ...actor, refused: refusal.code });
      throw refusal;
    }
  }

  async #do(name: OperatorCommandName, fields: JsonObject): Promise<JsonObject> {
    const why = this.#core.others?.whyCut;
    if (why !== undefined && keeps(name)) throw cutError(why);
    return isShared(name) ? await this.#shared(name, fields) : await this.#own(name, fields);
  }

  async #own<K extends keyof typeof operatorHandlers>(
    name: K,
    fields: JsonObject,
  ): Promise<JsonObject> {
    const row: { readonly fields: typeof operatorCommands[K]["fields"] } = operatorCommands[name];
    return await operatorHandlers[name](this.#core, requireFields(name, row.fields, fields), this);
  }

  async #shared<K extends Extract<OperatorCommandName, keyof typeof shared>>(
    name: K,
    fields: JsonObject,
  ): Promise<JsonObject> {
    const along = { id: undefined, body: undefined };
    const outcome = await handlers[name](this.#core, this, commandOf(name, fields), along);
    const answer = await outcome.answer;
    outcome.after?.();
    return typeof answer === "function" ? answer() : answer;
  }
}

function cutError(why: string): ChatError {
  const what = `nothing is kept now, as ${why}`;
  return new ChatError("unavailable", `Cannot do that: ${what}; try again when that is over`);
}

function waitingError(why: string): ChatError {
  const what = `nothing is kept now, as ${why}`;
  return new ChatError(
    "unavailable",
    `Cannot say whether that is done: ${what}; it may still be done when that is over`,
  );
}
