/** Conversations as a good client has them, with something wrong in most. */

import type { JsonObject } from "../../lib/wire/fields.ts";
import type { Chance } from "./chance.ts";
import { type FuzzCommand, noise } from "./fuzz_grammar.ts";
import { type Seen, strangeValue } from "./fuzz_values.ts";
import recorded from "./fuzz_conversations.json" with { type: "json" };

const conversations: readonly (readonly JsonObject[])[] = recorded;

/** One conversation: lines of it may be missing, doubled, or in another order. */
export function fuzzConversation(chance: Chance): readonly JsonObject[] {
  const lines = [...chance.pick(conversations)];
  if (chance.once(3)) return lines;
  const at = chance.below(lines.length);
  const other = chance.below(lines.length);
  if (chance.once(3)) lines.splice(at, 1);
  else if (chance.once(2)) lines.splice(at, 0, lines[other]);
  else [lines[at], lines[other]] = [lines[other], lines[at]];
  return lines;
}

/**
 * A line of one as it is sent: `$new` is an id that nobody has used, `$key` what the server has said
 * under that key. Once in a while a field is something else.
 */
export function filled(line: JsonObject, seen: Seen, chance: Chance): FuzzCommand {
  const entries = Object.entries(line).map(([key, value]) => {
    if (key !== "t" && chance.once(15)) return [key, strangeValue(chance)];
    if (value === "$new") return [key, `c${chance.below(2 ** 31)}`];
    const isKept = typeof value === "string" && value.startsWith("$");
    return [key, isKept ? seen.under(value.slice(1), chance) : value];
  });
  const json = { id: chance.below(1000), ...Object.fromEntries(entries) };
  const { bytes } = line;
  return typeof bytes === "number" ? { json, body: noise(chance, bytes) } : { json };
}
