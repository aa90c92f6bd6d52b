/** Wires `deno task gui`: arguments, the server's page, and a window to show it in. */

import { helpText, readArguments, UsageError } from "./lib/gui/arguments.ts";
import { type Opening, openingsOf, type System } from "./lib/gui/browsers.ts";
import { type Ending, show } from "./lib/gui/window.ts";

const exitCodes = { ok: 0, noBrowser: 1, usage: 2, unreachable: 3 } as const;
/** A server that answers at all answers sooner. */
const answerMs = 10_000;

if (import.meta.main) Deno.exit(await main());

/** Shows the page until its window is closed; the exit code. */
async function main(): Promise<number> {
  try {
    const wanted = readArguments(Deno.args);
    if (wanted.is === "page") return await run(wanted.url, wanted.user);
    console.log(helpText("deno task gui"));
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return exitCodes.usage;
  }
}

async function run(asked: string, user: string | undefined): Promise<number> {
  const page = await pageAt(asked);
  if (page === undefined) return exitCodes.unreachable;
  const url = user === undefined ? page : `${page}#/as/${encodeURIComponent(user)}`;
  const profile = ".parley/gui";
  // Logins are in it: for its owner only.
  Deno.mkdirSync(profile, { recursive: true, mode: 0o700 });
  const system = systemHere();
  const openings = openingsOf(system, { url, profile: `${Deno.cwd()}/${profile}` });
  const isThere = system !== "linux" || hasVariable("DISPLAY") || hasVariable("WAYLAND_DISPLAY");
  if (await show(openings, { isThere, run: runProgram })) return exitCodes.ok;
  console.log(
    `There is no browser here, or no screen for one, that could show it. Open this in one: ${url}`,
  );
  return exitCodes.noBrowser;
}

/** The page's address, which the port for chat knows, too; `undefined`, and why is said. */
async function pageAt(asked: string): Promise<string | undefined> {
  try {
    const { ok, status, url, body } = await fetch(asked, { signal: AbortSignal.timeout(answerMs) });
    await body?.cancel();
    if (ok) return url;
    console.error(
      `Cannot show ${asked}: there is no page of Parley, it answers ${status}; name its server ` +
        "with --host and --port",
    );
  } catch (error) {
    if (isOfCertificate(error)) {
      const page = asked.replace(/^http:/, "https:");
      console.log(
        `Nobody that this machine knows vouches for the certificate of ${page}: the browser asks ` +
          "whether to go on. Do so only on a network that you trust, or where you have compared it",
      );
      return page;
    }
    console.error(
      `Cannot reach a server at ${asked}: start one there with deno task server, or name another ` +
        "with --host and --port",
    );
  }
  return undefined;
}

/** Whether the server is there, and only its certificate isn't known: as where it made that itself. */
function isOfCertificate(error: unknown): boolean {
  for (let next = error; next instanceof Error; next = next.cause) {
    if (/invalid peer certificate/i.test(next.message)) return true;
  }
  return false;
}

function systemHere(): System {
  const { os } = Deno.build;
  return os === "windows" || os === "darwin" ? os : "linux";
}

function hasVariable(name: string): boolean {
  return (Deno.env.get(name) ?? "") !== "";
}

async function runProgram({ command, args, as }: Opening): Promise<Ending> {
  try {
    const silent = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const process = new Deno.Command(command, { args: [...args], ...silent }).spawn();
    console.log(`Opening ${as}: ${command}`);
    const { code, signal } = await process.status;
    return { code, signalled: signal !== null };
  } catch (error) {
    // What isn't installed where Deno looks for it isn't granted by its path, either.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return undefined;
    }
    throw error;
  }
}
