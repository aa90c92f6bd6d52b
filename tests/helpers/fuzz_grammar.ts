/**
 * Commands by grammar. The grammar is the table of commands itself: which there are, which fields
 * they have and what those take; a new command is tried as soon as it has its row.
 */

import type { CommandRow } from "../../lib/wire/command_row.ts";
import type { Field, JsonObject } from "../../lib/wire/fields.ts";
import { type CommandName, commands } from "../../lib/protocol.ts";
import type { Chance } from "./chance.ts";
import { Seen, strangeText, strangeValue, usualFor } from "./fuzz_values.ts";

/** Every command's name. */
export const commandNames = Object.keys(commands) as readonly CommandName[];

/** A command, and the bytes that it says follow it. */
export interface FuzzCommand {
  readonly json: JsonObject;
  readonly body?: Uint8Array;
}

/** Fields that are ids of what is told under another key. */
const others: Readonly<Record<string, readonly string[]>> = {
  with: ["uid"],
  quote: ["seq"],
  before: ["seq", "cursor"],
  after: ["seq", "user", "room", "file"],
  fetch: ["re"],
  user: ["users"],
  invite: ["code"],
};

/** Makes commands for one peer. */
export class Grammar {
  readonly seen: Seen;
  readonly #chance: Chance;
  #nextId = 0;

  readonly #names: readonly CommandName[];

  /**
   * `seen`: what the server has said to this peer, and perhaps to others; `spared`: commands that
   * aren't tried.
   */
  constructor(
    chance: Chance,
    { seen = new Seen(), spared = [] }: {
      readonly seen?: Seen;
      readonly spared?: readonly CommandName[];
    } = {},
  ) {
    this.#chance = chance;
    this.seen = seen;
    this.#names = commandNames.filter((name) => !spared.includes(name));
  }

  /** A command: mostly a valid one, else one that nearly is, or that is wild. */
  next(): FuzzCommand {
    const chance = this.#chance;
    switch (chance.below(6)) {
      case 0:
        return this.#nearly(this.valid());
      case 1:
        return this.#wild(this.valid());
      default:
        return this.valid();
    }
  }

  /** One whose fields are all what they must be. */
  valid(name: CommandName = this.#chance.pick(this.#names)): FuzzCommand {
    const chance = this.#chance;
    const row: CommandRow = commands[name];
    const json: Record<string, unknown> = { t: name };
    if (row.needsId || !chance.once(10)) json.id = this.#id();
    for (const [key, field] of Object.entries(row.fields)) {
      if (field.presence === "optional" && chance.once(2)) continue;
      json[key] = this.#value(key, field);
    }
    if (!row.body || typeof json.bytes !== "number") return { json };
    delete json.data;
    json.bytes = chance.pick([1, 3, 3000, 70_000]);
    return { json, body: noise(chance, Number(json.bytes)) };
  }

  #id(): number | string {
    const id = ++this.#nextId;
    return this.#chance.once(4) ? `n${id}` : id;
  }

  #value(key: string, field: Field<unknown>): unknown {
    const chance = this.#chance;
    if (!chance.once(3)) {
      const found = [key, ...others[key] ?? []].map((one) => this.seen.under(one, chance))
        .filter((value) => field.check(value) !== undefined);
      if (found.length > 0) return chance.pick(found);
    }
    const values = usualFor(field);
    return values.length > 0 ? chance.pick(values) : undefined;
  }

  /** With one field that is something else. */
  #nearly({ json, body }: FuzzCommand): FuzzCommand {
    const chance = this.#chance;
    const key = chance.pick(Object.keys(json));
    const value = chance.once(3) ? this.seen.any(chance) : strangeValue(chance);
    return { json: { ...json, [key]: value }, ...body && { body } };
  }

  /** With some fields missing, doubled, or anything at all. */
  #wild({ json, body }: FuzzCommand): FuzzCommand {
    const chance = this.#chance;
    const wild: Record<string, unknown> = { ...json };
    for (const key of Object.keys(json)) {
      if (key === "t" ? chance.once(12) : chance.once(3)) wild[key] = strangeValue(chance);
      else if (key !== "t" && chance.once(4)) delete wild[key];
    }
    const more = chance.once(8) ? { [strangeText(chance)]: strangeValue(chance) } : {};
    return { json: { ...wild, ...more }, ...body && { body } };
  }
}

/** Bytes without a meaning. */
export function noise(chance: Chance, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => chance.below(256));
}
