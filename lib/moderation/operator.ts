/**
 * Whoever runs the server: no user of it, but may do what its owner may. What both can do goes
 * through the same handlers.
 */

import { type Caller, handlers } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { ChatError, refusalOf } from "../errors.ts";
import { type JsonObject, requireFields } from "../wire/fields.ts";
import { operatorHandlers } from "./operating.ts";
import {
  isOperatorCommand,
  isShared,
  type OperatorCommandName,
  operatorCommands,
  type shared,
} from "../wire/operator_commands.ts";
import type { PeerFiles } from "../sharing/peer_files.ts";
import { type Known, operatorKnown } from "../known.ts";
import { commandOf } from "../wire/decode_request.ts";

/** What the log tells as their address. */
const remote = "operator";

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
   * Does it; what it comes to.
   *
   * @throws {ChatError} its refusal
   */
  async run(name: unknown, fields: JsonObject): Promise<JsonObject> {
    if (!isOperatorCommand(name)) {
      throw new ChatError("unknown_command", "This server knows no such command: is it older?");
    }
    const { journal } = this.#core;
    const actor = { user: this.known.person.user, address: remote, command: name };
    try {
      const ok = isShared(name) ? await this.#shared(name, fields) : await this.#own(name, fields);
      journal.action(actor);
      return ok;
    } catch (error) {
      if (!(error instanceof ChatError)) journal.error(`command ${name}`, error);
      const refusal = refusalOf(error);
      journal.action({ ...actor, refused: refusal.code });
      throw refusal;
    }
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
