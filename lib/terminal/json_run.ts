/** For bots: commands come in as lines of JSON, events and answers go out so. See docs/bots.md. */

import { Chat } from "../client/chat.ts";
import { Fetches } from "../client/fetches.ts";
import type { LinkStatus } from "../client/link.ts";
import type { ChatChange } from "../client/state.ts";
import { within } from "../clock.ts";
import { ChatError, refusalOf } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import { type CommandId, idOf, parseLine } from "../wire/decode.ts";
import { commandOf, decodeRequest } from "../wire/decode_request.ts";
import type { Command } from "../protocol.ts";
import { limits } from "../limits.ts";
import { toBase64 } from "../wire/part_bytes.ts";
import { dialFor } from "./dial.ts";
import { type Attempt, enterAs, type Entrant } from "./enter.ts";
import { exitCodes } from "./exit.ts";
import type { LoginFile } from "./login.ts";
import { helloOf, type Machine } from "./machine.ts";
import type { Wanted } from "./options.ts";
import { linesOf, writerTo } from "./plain.ts";

type ChatWanted = Extract<Wanted, { is: "chat" }>;

/** Commands that wait for their answers before the next line is read. */
const waitingMax = 50;
/** Time for the last answers, when the input has ended. */
const answersMs = 30_000;

/** Talks JSON until its input ends; the exit code. */
export function runJson(wanted: ChatWanted, machine: Machine): Promise<number> {
  return enterAs({
    wanted,
    machine,
    share: wanted.device,
    attempt: (entrant) => new JsonRun(entrant, wanted, machine).run(),
  });
}

class JsonRun {
  readonly #chat: Chat;
  readonly #login: LoginFile;
  readonly #wanted: ChatWanted;
  readonly #machine: Machine;
  readonly #write: (text: string) => void;
  readonly #online = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Attempt>();
  readonly #waiting = new Set<Promise<void>>();

  constructor(entrant: Entrant, wanted: ChatWanted, machine: Machine) {
    const { clock, random, agent } = machine;
    this.#login = entrant.login;
    this.#wanted = wanted;
    this.#machine = machine;
    this.#write = writerTo(machine.output, () => this.#end(exitCodes.ok));
    this.#chat = new Chat({
      dial: dialFor(wanted, machine),
      hello: helloOf(entrant, agent),
      clock,
      random,
      historyLines: 0,
      presence: false,
      onChange: (change) => this.#changed(change),
      newFetches: () => new Fetches(),
      onPartRefused: (error) => this.#put(refusedLine(error, undefined)),
    });
  }

  async run(): Promise<Attempt> {
    const stop = this.#machine.onStop(() => this.#end(exitCodes.ok));
    this.#chat.start();
    void this.#take();
    try {
      return await this.#ended.promise;
    } finally {
      stop();
      await this.#chat.close();
    }
  }

  async #take(): Promise<void> {
    await this.#online.promise;
    const { room } = this.#wanted;
    if (room !== undefined) await this.#join(room);
    for await (const line of linesOf(this.#machine.input)) {
      if (line.trim() === "") continue;
      const answered = this.#command(line).then((answer) => {
        this.#waiting.delete(answered);
        if (answer !== undefined) this.#put(answer);
      });
      this.#waiting.add(answered);
      if (this.#waiting.size >= waitingMax) await Promise.race(this.#waiting);
    }
    await within(this.#machine.clock, answersMs, Promise.all(this.#waiting));
    this.#end(this.#waiting.size > 0 ? exitCodes.unreachable : exitCodes.ok);
  }

  async #join(room: string): Promise<void> {
    try {
      await this.#chat.join(room);
    } catch (error) {
      this.#put(refusedLine(error, undefined));
    }
  }

  async #command(line: string): Promise<JsonObject | undefined> {
    const frame = parseLine(line);
    const re = frame === undefined ? undefined : idOf(frame);
    try {
      if (frame === undefined) {
        throw new ChatError("bad_message", "Cannot take that: it isn't JSON");
      }
      const { t, fields } = decodeRequest(frame);
      if (t === "hello") {
        throw new ChatError("bad_message", "Cannot say hello: the client has done so");
      }
      if (t === "quit") {
        await Promise.all(this.#waiting);
        this.#end(exitCodes.ok);
        return okLine({}, re);
      }
      if (t === "logout") return await this.#logout(commandOf(t, fields), re);
      if (t === "part") return await this.#part(commandOf(t, fields));
      if (t === "fetch") return await this.#fetch(commandOf(t, fields), re);
      return okLine(await this.#chat.send(t, commandOf(t, fields) as Command<typeof t>), re);
    } catch (error) {
      return refusedLine(error, re);
    }
  }

  async #logout({ all = false }: Command<"logout">, re: CommandId | undefined) {
    await this.#chat.logout(all);
    this.#login.remove();
    // Behind the answer, which whoever called this writes.
    queueMicrotask(() => this.#end(exitCodes.ok));
    return okLine({}, re);
  }

  /** It has no answer: the server tells what it has stored. */
  async #part(fields: Command<"part">): Promise<undefined> {
    if (fields.data === undefined) {
      throw new ChatError("bad_message", 'Cannot take the part: "data" must hold its bytes');
    }
    await this.#chat.bytes.part(fields);
  }

  /** Parts go out as they come, each with the id that the command had. */
  async #fetch(fields: Command<"fetch">, re: CommandId | undefined): Promise<undefined> {
    const { done } = this.#chat.bytes.fetch(fields, {
      begun: (ok) => this.#put(okLine(ok, re)),
      part: (bytes, offset) => {
        for (let at = 0; at < bytes.length; at += limits.dataBytesMax) {
          const data = toBase64(bytes.subarray(at, at + limits.dataBytesMax));
          this.#put({ t: "part", re, file: fields.file, offset: offset + at, data });
        }
      },
    });
    this.#put({ t: "fetched", re, file: fields.file, sha256: await done });
  }

  #changed(change: ChatChange): void {
    switch (change.is) {
      case "status":
        return this.#status(change.status);
      case "event":
      case "changed":
      case "passing":
        return this.#put(change.event);
      case "gap": {
        const { room, with: other } = change.conversation;
        if (change.lost > 0) this.#put({ t: "lost", room, with: other, count: change.lost });
        return;
      }
      case "new_server":
        return this.#put({ t: "new_server" });
      case "ended": {
        const { conversation: { room, with: other }, error } = change;
        return this.#put({
          t: "ended",
          room,
          with: other,
          code: error?.code,
          message: error?.message,
        });
      }
      case "begun": {
        const { room, with: other, seq } = change.conversation;
        return this.#put({ t: "begun", room, with: other, seq });
      }
      case "delivered":
      case "failed":
        return;
      default:
        change satisfies never;
    }
  }

  #status(status: LinkStatus): void {
    switch (status.is) {
      case "connecting":
        return this.#put({ t: "status", is: "connecting", attempt: status.attempt });
      case "online": {
        const { user, uid, role, server, token, invited, stalled } = status.hello;
        this.#login.keep({ user, uid, token });
        this.#put({ t: "status", is: "online", user, uid, role, server, invited, stalled });
        return this.#online.resolve();
      }
      case "waiting": {
        const { until, attempt, reason } = status;
        this.#put({ t: "status", is: "waiting", until, attempt, reason });
        if (this.#chat.state.me !== undefined) return;
        this.#machine.complain(reason);
        return this.#end(exitCodes.unreachable);
      }
      case "ended":
        if (status.error === undefined) return;
        this.#ended.resolve({ is: "refused", error: status.error });
        return;
      default:
        status satisfies never;
    }
  }

  #put(line: object): void {
    this.#write(`${JSON.stringify(line)}\n`);
  }

  #end(code: number): void {
    this.#ended.resolve({ is: "over", code });
  }
}

function okLine(ok: object, re: CommandId | undefined): JsonObject {
  return { t: "ok", re, ...ok };
}

function refusedLine(error: unknown, re: CommandId | undefined): JsonObject {
  const { code, message, retryMs, transfer, offset, account } = refusalOf(error);
  return { t: "refused", re, code, message, retry_ms: retryMs, transfer, offset, account };
}
