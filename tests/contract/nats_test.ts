import { assertEquals } from "@std/assert";
import { openNats } from "../../lib/backend/nats.ts";
import { openSqlite } from "../../lib/backend/sqlite.ts";
import type { Backend } from "../../lib/store.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import { backendContract } from "./backend_contract.ts";

keepThreads();

const clock = systemClock();
/** One for all tests of this file: each has a stream of its own. */
let server: Promise<NatsServer> | undefined;
let count = 0;

/** A node of the Parley that is called so. */
async function openOverNats(name: string): Promise<Backend> {
  server ??= NatsServer.start();
  const servers = [(await server).url];
  const folder = await Deno.makeTempDir();
  const order = await openNats({ servers, name, clock });
  const backend = await openSqlite(folder, clock, { order });
  return {
    ...backend,
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await order[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

type Part = "log" | "accounts" | "search" | "library" | "records" | "audit";

/** Writes on one node; reads there at once, and on another one, which has to answer the same. */
async function openTwoNodes(): Promise<Backend> {
  const name = `contract_${++count}`;
  const near = await openOverNats(name);
  const far = await openOverNats(name);
  const split = <K extends Part>(part: K): Backend[K] =>
    new Proxy<Backend[K]>(far[part], {
      get: (_target, method) => async (...words: readonly unknown[]) => {
        const at = (node: Backend): Promise<unknown> => {
          const done: unknown = Reflect.get(node[part], method);
          if (typeof done !== "function") throw new Error(`There is no "${String(method)}"`);
          return done.apply(node[part], words);
        };
        const answer = await at(near);
        if (writes.has(String(method))) return answer;
        await far.nodes?.caughtUp();
        assertEquals(await at(far), answer, `${part}.${String(method)} on another node`);
        return answer;
      },
    });
  return {
    ...far,
    log: split("log"),
    accounts: split("accounts"),
    search: split("search"),
    library: split("library"),
    records: split("records"),
    audit: split("audit"),
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  };
}

/** The methods of every contract that change something. */
const writes: ReadonlySet<string> = new Set(
  ("append forget save saveAccount saveCredential saveLogin useLogin dropLogins forgetLogins mark " +
    "keep finishing drop freed put add").split(" "),
);

Deno.test({
  name: "nats: the program is there, and what every backend does is tried with it",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using backend = await openOverNats(`contract_${++count}`);
    await backend.accounts.holders();
  },
});

if (!isMissing("nats-server")) {
  Deno.test.afterAll(async () => await (await server)?.[Symbol.asyncDispose]());
  backendContract("nats, on two nodes", openTwoNodes);
}
