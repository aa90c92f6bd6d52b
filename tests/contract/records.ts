/** What every implementation of `Records` must do. */

import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { Backend } from "../../lib/store.ts";
import type { Open } from "./scene.ts";

async function all(backend: Backend, kind: string): Promise<Record<string, JsonObject>> {
  const records = await backend.records.all(kind);
  return Object.fromEntries(records.map(({ key, value }) => [key, value]));
}

/** Registers what `Records` must do. */
export function recordsContract(name: string, open: Open): void {
  Deno.test(`${name}: put() keeps a record as it is now, of its kind only`, async () => {
    await using backend = await open();
    const value = { text: "ü — 波", deep: { list: [1, "two", { three: true }] } };
    await backend.records.put("invite", "a", { uses: 1 });
    await backend.records.put("invite", "a", value);
    await backend.records.put("invite", "b", {});
    await backend.records.put("ban", "a", { by: "Bob" });
    assertEquals(await all(backend, "invite"), { a: value, b: {} });
    assertEquals(await all(backend, "ban"), { a: { by: "Bob" } });
    assertEquals(await all(backend, "none"), {});
  });

  Deno.test(`${name}: put() without a value removes a record, if it is there`, async () => {
    await using backend = await open();
    await backend.records.put("invite", "a", { uses: 1 });
    await backend.records.put("invite", "b", { uses: 2 });
    await backend.records.put("invite", "a", undefined);
    await backend.records.put("invite", "c", undefined);
    assertEquals(await all(backend, "invite"), { b: { uses: 2 } });
  });

  Deno.test(`${name}: of puts of one key that come together the last one stands`, async () => {
    await using backend = await open();
    const puts = Array.from({ length: 51 }, (_, uses) => {
      return backend.records.put("invite", "a", uses % 7 === 0 ? undefined : { uses });
    });
    await Promise.all(puts);
    assertEquals(await all(backend, "invite"), { a: { uses: 50 } });
  });

  Deno.test(`${name}: what is done with a value that was put or got changes no record`, async () => {
    await using backend = await open();
    const value = { list: ["a"] };
    await backend.records.put("invite", "a", value);
    value.list.push("b");
    Object.assign((await all(backend, "invite")).a, { list: [] });
    assertEquals(await all(backend, "invite"), { a: { list: ["a"] } });
  });

  const unstorable: Record<string, [key: string, value: JsonObject]> = {
    "half a character": ["a", { text: "\ud83d" }],
    "a key with a zero": ["a\0", {}],
    "a number beyond 2^53 in a list": ["a", { deep: { list: [2 ** 53] } }],
  };
  Deno.test(`${name}: put() refuses what can't be stored, and keeps its neighbours`, async (t) => {
    await using backend = await open();
    for (const [what, [key, value]] of Object.entries(unstorable)) {
      await t.step(what, async () => {
        const kept = backend.records.put(what, "b", { uses: 1 });
        const error = await assertRejects(() => backend.records.put(what, key, value), ChatError);
        assertEquals(error.code, "bad_message");
        await kept;
        assertEquals(await all(backend, what), { b: { uses: 1 } });
      });
    }
  });
}
