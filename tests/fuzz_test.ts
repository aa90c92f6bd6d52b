import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { CommandRow } from "../lib/wire/command_row.ts";
import { commands } from "../lib/protocol.ts";
import { Chance } from "./helpers/chance.ts";
import { faultsAfter, fuzz } from "./helpers/fuzz.ts";
import { fuzzCases, replay } from "./helpers/fuzz_cases.ts";
import { commandNames } from "./helpers/fuzz_grammar.ts";
import { usualFor } from "./helpers/fuzz_values.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";

const second = 1000;

Deno.test("the grammar has a value for every field of every command", () => {
  const without = commandNames.flatMap((name) => {
    const row: CommandRow = commands[name];
    return Object.entries(row.fields).filter(([, field]) => usualFor(field).length === 0)
      .map(([key, { must }]) =>
        `${name}.${key}: "usual" in fuzz_values.ts has nothing that is ${must}`
      );
  });
  assertEquals(without, []);
});

Deno.test("a server that is tried with everything goes on, and serves others as promised", async (test) => {
  const { seed } = Chance.ofRun("fuzz");
  await using server = await RealServer.start({ web: true, args: ["--no-flood"] });
  const { pid } = server;
  const known = "what was found by trying is taken as it should be now";
  for (const one of await fuzzCases()) {
    await test.step(`${known}: ${one.file}: ${one.what}`, async () => {
      const faults = await faultsAfter(server, async () => {
        const answers = await replay(server, one);
        return answers.filter((text) => /"code":"internal"|HTTP\/1\.1 500/.test(text));
      });
      assertEquals(faults, []);
    });
  }
  await test.step("and anything else", async () => {
    const ms = size(2, 600, 4) * second;
    assertEquals(await fuzz(server, { seed, ms }), []);
  });
  assertEquals(server.pid, pid);
});

Deno.test("a server that its owner tries with everything goes on", async () => {
  const { seed } = Chance.ofRun("fuzz by the owner");
  const user = "Chief";
  const args = ["--no-flood", "--owner", user];
  await using server = await RealServer.start({ web: true, args });
  const chief = await server.join(user);
  const { role } = await chief.ok({ t: "register", password: "nothing that is tried" });
  assertEquals(role, "owner");
  chief.close();
  const owner = { user, token: chief.token };
  const ms = size(2, 300, 3) * second;
  assertEquals(await fuzz(server, { seed, ms, owner }), []);
});

Deno.test("faults that are planted in a server are noticed", async () => {
  const { seed } = Chance.ofRun("fuzz with planted faults");
  const preload = join(import.meta.dirname ?? ".", "helpers", "fuzz_planted.ts");
  await using server = await RealServer.start({ web: true, args: ["--no-flood"], preload });
  const signs = {
    "a handler that throws": /^refused internal: /,
    "a route that throws": /^500 to /,
    "the same in the log": / ERROR .*planted in a /,
    "memory that is kept": /^memory: /,
    "peers that aren't dismissed": /^connections: /,
  };
  const has = (faults: readonly string[], sign: RegExp) => faults.some((one) => sign.test(one));
  // The others are looked for at the end.
  const enough = (faults: readonly string[]) =>
    [signs["a handler that throws"], signs["a route that throws"]].every((sign) =>
      has(faults, sign)
    );
  const faults = await fuzz(server, { seed, ms: 30 * second, enough, leaveMs: second });
  const missed = Object.entries(signs).filter(([, sign]) => !has(faults, sign))
    .map(([what]) => what);
  assertEquals(missed, [], faults.join("\n"));
});
