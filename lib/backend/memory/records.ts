/** Records in maps. */

import { isObject, type JsonObject } from "../../wire/fields.ts";
import type { Records, StoredRecord } from "../../store.ts";
import { requireStorable } from "../storable.ts";

/** Keeps values as JSON: whoever changes what they gave or got changes nothing here. */
export class MemoryRecords implements Records {
  readonly #kinds = new Map<string, Map<string, string>>();

  all(kind: string): Promise<readonly StoredRecord[]> {
    const records = [...this.#kinds.get(kind) ?? []].flatMap(([key, json]) => {
      const value: unknown = JSON.parse(json);
      return isObject(value) ? [{ key, value }] : [];
    });
    return Promise.resolve(records);
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async put(kind: string, key: string, value: JsonObject | undefined): Promise<void> {
    requireStorable({ kind, key, value });
    const records = this.#kinds.get(kind) ?? new Map<string, string>();
    if (value === undefined) records.delete(key);
    else records.set(key, JSON.stringify(value));
    this.#kinds.set(kind, records);
  }
}
