import { assertEquals } from "@std/assert";
import { join } from "@std/path";

const root = join(import.meta.dirname ?? ".", "..", "..");

/** What becomes of a process in which nobody hears of a socket's error. */
async function codeWith(error: string, guard: string): Promise<number> {
  const program = `
    import { EventEmitter } from "node:events";
    import { outliveLostDials } from "./lib/backend/nats/lost_dials.ts";
    ${guard}
    const error = Object.assign(new Error("read"), ${error});
    setTimeout(() => new EventEmitter().emit("error", error));
    setTimeout(() => Deno.exit(7), 50);
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", program],
    cwd: root,
    stderr: "null",
  });
  return (await command.output()).code;
}

const reset = '{ code: "ECONNRESET", syscall: "read" }';

Deno.test("a socket of NATS's client that is lost while nobody hears of it ends nothing", async () => {
  assertEquals(await codeWith(reset, "outliveLostDials(); outliveLostDials();"), 7);
});

Deno.test("without that it would end the process, and any other error does", async () => {
  assertEquals(await codeWith(reset, ""), 1);
  assertEquals(await codeWith('{ code: "EINVAL", syscall: "read" }', "outliveLostDials();"), 1);
});
