/** Wires the terminal client: arguments, and the run that they ask for. */

import { systemClock } from "./lib/system_clock.ts";
import { runChat } from "./lib/terminal/chat_run.ts";
import { exitCodes } from "./lib/terminal/exit.ts";
import { here, requireGranted, startText } from "./lib/terminal/here.ts";
import { runJson } from "./lib/terminal/json_run.ts";
import type { Machine } from "./lib/terminal/machine.ts";
import { runHistory, runSend } from "./lib/terminal/one_shot.ts";
import { runDownload, runFiles, runUpload } from "./lib/terminal/one_shot_files.ts";
import { type Common, optionsHelp, readArguments, type Wanted } from "./lib/terminal/options.ts";
import { UsageError } from "./lib/terminal/usage_error.ts";
import project from "./deno.json" with { type: "json" };

if (import.meta.main) Deno.exit(await main());

/** Does what the arguments say; the exit code. */
async function main(): Promise<number> {
  try {
    return await run(readArguments(Deno.args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return exitCodes.usage;
  }
}

async function run(wanted: Wanted): Promise<number> {
  const { version } = project;
  switch (wanted.is) {
    case "help":
      console.log(optionsHelp(startText()));
      return exitCodes.ok;
    case "version":
      console.log(`Parley ${version}`);
      return exitCodes.ok;
    case "chat":
      return await (wanted.json ? runJson : runChat)(wanted, machineFor(wanted));
    case "send":
      return await runSend(wanted, machineFor(wanted));
    case "history":
      return await runHistory(wanted, machineFor(wanted));
    case "upload":
      return await runUpload(wanted, machineFor(wanted));
    case "download":
      return await runDownload(wanted, machineFor(wanted));
    case "files":
      return await runFiles(wanted, machineFor(wanted));
    default:
      return wanted satisfies never;
  }
}

function machineFor(wanted: Common): Machine {
  requireGranted(wanted.state, project.permissions.client);
  const { version, permissions: { client: granted } } = project;
  return here({ clock: systemClock(), version, color: wanted.color, granted });
}
