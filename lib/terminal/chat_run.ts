/** Chatting: on a terminal with a line that is typed, elsewhere with plain lines. */

import { addressText } from "./address_text.ts";
import { dialFor } from "./dial.ts";
import { type Attempt, enterAs, type Entrant } from "./enter.ts";
import { exitCodes } from "./exit.ts";
import { askAgain, filesHere } from "./files_here.ts";
import type { LoginFile } from "./login.ts";
import { helloOf, type Machine } from "./machine.ts";
import type { Wanted } from "./options.ts";
import { paintFor } from "./paint.ts";
import { linesOf, PlainSurface, writerTo } from "./plain.ts";
import { printableLine } from "../printable.ts";
import { Screen } from "./screen.ts";
import { Talk } from "./talk.ts";
import type { Surface, TalkEnd, TalkFiles } from "./talk_options.ts";

type ChatWanted = Extract<Wanted, { is: "chat" }>;

/** Chats until it is told to stop; the exit code. */
export function runChat(wanted: ChatWanted, machine: Machine): Promise<number> {
  return enterAs({
    wanted,
    machine,
    share: wanted.device,
    attempt: async (entrant) => {
      const { login } = entrant;
      const start = (surface: Surface, aside?: (run: () => void) => void) => {
        const files = filesHere(wanted, login, machine, aside);
        return talkOn({ surface, files, entrant, wanted, machine });
      };
      if (machine.attended) askAgain(filesHere(wanted, login, machine), machine);
      const end = machine.attended
        ? await onTerminal(start, machine)
        : await onPipes(start, machine);
      return attemptOf(end, login, machine);
    },
  });
}

interface TalkParts {
  readonly surface: Surface;
  readonly files: TalkFiles;
  readonly entrant: Entrant;
  readonly wanted: ChatWanted;
  readonly machine: Machine;
}

/** Begins a talk on a surface; `aside` runs what reads from the terminal itself. */
type Start = (surface: Surface, aside?: (run: () => void) => void) => Talk;

function talkOn({ surface, files, entrant, wanted, machine }: TalkParts): Talk {
  const { clock, random, agent, attended, color } = machine;
  const { login, given: { password } } = entrant;
  // On a screen it would be drawn over.
  const complain = (sentence: string) =>
    attended ? talk.warn(sentence) : machine.complain(sentence);
  const { standing } = machine;
  const dial = dialFor(wanted, {
    ...{ clock, random, standing, complain },
    mayUse: (path, kinds) => machine.mayUse(path, kinds),
    lineThatMay: (more) => machine.lineThatMay(more),
  });
  const talk = new Talk({
    ...{ files, dial },
    hello: helloOf(entrant, agent),
    clock,
    random,
    surface,
    paint: paintFor(color && attended),
    bell: wanted.bell,
    ...wanted.room !== undefined && { room: wanted.room },
    attended,
    ...password !== undefined && { password },
    onLogin: ({ user, uid, token }) => login.keep({ user, uid, token }),
    greeting: (hello) => {
      const name = printableLine(hello.server.name);
      const as = printableLine(hello.user);
      const where = `${name === "" ? "a server" : name} at ${addressText(wanted)}`;
      return `Connected to ${where} as ${as}; /help lists what you can do`;
    },
  });
  return talk;
}

async function onTerminal(start: Start, machine: Machine): Promise<TalkEnd> {
  using screen = new Screen({
    onLine: (line) => void talk.take(line),
    onEnd: () => talk.quit(),
    onTyping: (line) => talk.typing(line),
    onResize: () => talk.refresh(),
    complete: (line) => talk.completion(line),
  });
  const talk = start(screen, (run) => screen.aside(run));
  return await untilEnd(talk, machine);
}

async function onPipes(start: Start, machine: Machine): Promise<TalkEnd> {
  const talk = start(new PlainSurface(writerTo(machine.output, () => talk.quit())));
  const ended = untilEnd(talk, machine);
  const reader = linesOf(machine.input).getReader();
  const over = ended.then(() => undefined, () => undefined);
  for (;;) {
    const next = await Promise.race([reader.read(), over]);
    if (next === undefined) break;
    if (next.done) {
      void talk.finish();
      break;
    }
    await talk.take(next.value);
  }
  // Nobody waits for what was not read.
  void reader.cancel().catch(() => {});
  return await ended;
}

async function untilEnd(talk: Talk, machine: Machine): Promise<TalkEnd> {
  const stop = machine.onStop(() => talk.quit());
  talk.start();
  try {
    return await talk.ended;
  } finally {
    stop();
  }
}

function attemptOf(end: TalkEnd, login: LoginFile, machine: Machine): Attempt {
  switch (end.is) {
    case "refused":
    case "as":
      return end;
    case "logged_out":
      login.remove();
      return { is: "over", code: exitCodes.ok };
    case "unreachable":
      machine.complain(
        // A server that is full, or stopping, is there.
        end.reason.startsWith("No server answers")
          ? `${end.reason}; "deno task server" starts a server here`
          : end.reason,
      );
      return { is: "over", code: exitCodes.unreachable };
    case "done": {
      if (end.unsent > 0) {
        const what = end.unsent === 1 ? "1 message was" : `${end.unsent} messages were`;
        machine.complain(`${what} not sent: the server wasn't there`);
        return { is: "over", code: exitCodes.unreachable };
      }
      const failed = end.refused && !machine.attended;
      return { is: "over", code: failed ? exitCodes.refused : exitCodes.ok };
    }
    default:
      return end satisfies never;
  }
}
