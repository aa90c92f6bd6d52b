/** Uses a store with the permissions that this program was given. */

import { openSqlite } from "../../lib/backend/sqlite.ts";
import { lobby } from "../../lib/names.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { append, event, said } from "../contract/scene.ts";

await using backend = await openSqlite(Deno.args[0], systemClock());
const { outcome } = await backend.log.append(append([said(1)], lobby));
if (outcome !== "committed") throw new Error(`The append is ${outcome}`);
await backend.log.append(append([event(2, { t: "deleted", target: 1 })], lobby));
await backend.erased();
await backend.log.forget(said(2).at);
