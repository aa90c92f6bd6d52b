/** What a client of the terminal runs on where it runs in the test's own process. */

import { systemClock } from "../../lib/system_clock.ts";
import { agentOf } from "../../lib/terminal/agent.ts";
import type { Machine } from "../../lib/terminal/machine.ts";
import project from "../../deno.json" with { type: "json" };
import { root } from "./client_program.ts";

/** Of the usual time between attempts to connect: a test has no minute to wait. */
const hurry = 0.1;

/** A machine where nobody sits at a terminal, and the client may use every file. */
export function machineHere(
  { said, ...ends }:
    & Pick<Machine, "input" | "output" | "onStop">
    & { readonly said: (text: string) => void; readonly password?: string },
): Machine {
  return {
    clock: systemClock(),
    random: () => Math.random() * hurry,
    agent: agentOf(project.version, Deno.build),
    attended: false,
    asks: false,
    color: false,
    standing: { folder: root },
    mayUse: () => true,
    lineThatMay: () => "",
    say: said,
    complain: (sentence) => said(`${sentence}\n`),
    ask: () => undefined,
    askSecret: () => undefined,
    ...ends,
  };
}
