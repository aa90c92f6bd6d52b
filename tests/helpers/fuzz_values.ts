/** Values for fields: what the table's checks take, what the server itself has said, and nonsense. */

import { roles } from "../../lib/wire/command_row.ts";
import { type Field, isObject, type JsonObject } from "../../lib/wire/fields.ts";
import type { Chance } from "./chance.ts";

const numbers = [0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e308, Number.MIN_VALUE, 4294967296];
const texts = [
  "",
  " ",
  "@",
  "@@",
  "@lobby",
  "__proto__",
  "constructor",
  "\u202edlrow",
  "a\u200b\u200d\ufeff",
  "\ud800",
  "a\udfffb",
  "\u2028\u2029",
  "ﷺ".repeat(60),
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A".repeat(30),
  "🏳️‍🌈".repeat(40),
  "\u0007\u001b[31m\u009b2J",
  "'; DROP TABLE event; --",
  '" OR NEAR(* "',
  "%s%n${x}",
  "../../etc/passwd",
  "CON.txt",
  '\\"\\\\',
  "İıŉǰ",
];

/** A text that a program may trip over. */
export function strangeText(chance: Chance): string {
  return chance.pick(texts);
}

/** Any value of JSON, but for the large ones rather a short one. */
export function strangeValue(chance: Chance): unknown {
  switch (chance.below(8)) {
    case 0:
      return null;
    case 1:
      return chance.once(2);
    case 2:
      return chance.pick(numbers);
    case 3:
      return [chance.pick(texts), [], {}];
    case 4:
      return { t: "say", length: -1, then: "x", [chance.pick(texts)]: 1 };
    case 5:
      return chance.pick(texts).repeat(1 + chance.below(2000)).slice(0, chance.below(70_000));
    case 6:
      return chance.below(1000);
    default:
      return chance.pick(texts);
  }
}

/** The smallest picture there is, as the page would send its thumbnail. */
const thumb =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

/**
 * What fields may want. A field of a new command that takes none of these finds none, and the test
 * of the grammar says so: then one belongs here.
 */
const usual: readonly unknown[] = [
  ...[0, 1, 2, 3, 5, 60, 3000, 1000],
  ...[true, false],
  ...["x", "hi there", "lobby", "den", "Den 2", "@Fuzz0", "@Fuzz1", "Fuzz0", "Fuzz1", "👍", "🏳️‍🌈"],
  ...["a.txt", "a b.pdf", "a/b", "text/plain", "image/png", "0".repeat(64), "YWJj", "gzip"],
  ...["127.0.0.2", "::1", "9", ...roles],
  ...[[], ["gzip"], ["base64", "gzip"]],
  ...[{}, { width: 3, height: 2 }, { width: 3, height: 2, thumb }],
];

const fitting = new WeakMap<Field<unknown>, readonly unknown[]>();

/** The usual values that a field takes. */
export function usualFor(field: Field<unknown>): readonly unknown[] {
  const known = fitting.get(field);
  if (known) return known;
  const found = usual.filter((value) => field.check(value) !== undefined);
  fitting.set(field, found);
  return found;
}

const keysMax = 200;
const valuesMax = 30;
const depthMax = 4;

/** What the server has said: ids of what there is, without which hardly a command is done. */
export class Seen {
  readonly #values = new Map<string, unknown[]>();
  #next = 0;

  /** Keeps what a line of the server says, by its keys. */
  take(json: JsonObject, depth: number = 0): void {
    for (const [key, value] of Object.entries(json)) {
      if (Array.isArray(value)) {
        for (const one of value.slice(0, 5)) this.#add(key, one, depth);
      } else this.#add(key, value, depth);
    }
  }

  /** One of those that stood under this key, rather the newest. */
  under(key: string, chance: Chance): unknown {
    const values = this.#values.get(key) ?? [];
    return chance.once(2) ? values.at(-1) : values.at(chance.below(Math.max(1, values.length)));
  }

  /** Any. */
  any(chance: Chance): unknown {
    const keys = [...this.#values.keys()];
    return keys.length === 0 ? undefined : this.under(chance.pick(keys), chance);
  }

  #add(key: string, value: unknown, depth: number): void {
    if (isObject(value)) return depth < depthMax ? this.take(value, depth + 1) : undefined;
    if (typeof value === "string" && value.length > 200) return;
    const values = this.#values.get(key) ?? [];
    if (values.length === 0 && this.#values.size >= keysMax) return;
    if (values.includes(value)) return;
    if (values.length < valuesMax) values.push(value);
    else values[this.#next++ % valuesMax] = value;
    this.#values.set(key, values);
  }
}
