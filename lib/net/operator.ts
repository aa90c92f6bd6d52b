/**
 * A port for whoever runs the server, on this machine only. It answers who shows the key that lies
 * in the data folder: whoever may read that folder could do all of this without asking anyway.
 */

import { timingSafeEqual } from "node:crypto";
import { randomText } from "../clock.ts";
import { type Connection, type Frame, streamConnection } from "../wire/connection.ts";
import type { Core } from "../core.ts";
import { encodeLine } from "../wire/encode.ts";
import { refusalOf } from "../errors.ts";
import { isObject, type JsonObject } from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { Operator } from "../moderation/operator.ts";
import { type Door, operatorFile, operatorHost } from "../moderation/operator_port.ts";
import { accepting } from "./accepting.ts";

/** Requests at once: one person has few. */
const atOnceMax = 8;
const keyBytes = 32;

/**
 * Listens until it is disposed of, and writes into `folder` where that is. Where it can't (Deno was
 * told of another address only), the log says so, and the server does without.
 */
export async function listenOperator(core: Core, folder: string): Promise<AsyncDisposable> {
  try {
    return await listen(core, folder);
  } catch (error) {
    core.journal.error("operator", error);
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

async function listen(core: Core, folder: string): Promise<AsyncDisposable> {
  const listener = Deno.listen({ hostname: operatorHost, port: 0 });
  const file = `${folder}/${operatorFile}`;
  const key = randomText(keyBytes);
  await writeDoor(file, { port: listener.addr.port, key });
  const operator = new Operator(core);
  const answering = new Set<Promise<void>>();
  /** Those that haven't asked for anything yet. */
  const idle = new Set<Connection>();
  const arriving = accepting(listener, came, {
    clock: core.clock,
    journal: core.journal,
    what: "operator",
  });

  function came(conn: Deno.TcpConn): void {
    if (answering.size >= atOnceMax) {
      // Whoever only holds a place gives way to who may have something to ask.
      const [oldest] = idle;
      if (oldest === undefined) return conn.close();
      idle.delete(oldest);
      oldest.close();
    }
    const one = answer(core, conn, { operator, key, idle });
    answering.add(one);
    void one.then(() => answering.delete(one));
  }

  return {
    async [Symbol.asyncDispose]() {
      await arriving[Symbol.asyncDispose]();
      for (const connection of idle) connection.close();
      await Promise.all(answering);
      await Deno.remove(file).catch(() => {});
    },
  };
}

/** It is new each time: nobody who has opened the last one reads this one. */
async function writeDoor(file: string, door: Door): Promise<void> {
  await Deno.remove(file).catch(() => {});
  const text = new TextEncoder().encode(`${JSON.stringify(door)}\n`);
  await Deno.writeFile(file, text, { createNew: true, mode: 0o600 });
}

/** Takes one request and answers it. Never rejects. */
async function answer(
  core: Core,
  conn: Deno.TcpConn,
  { operator, key, idle }: {
    readonly operator: Operator;
    readonly key: string;
    readonly idle: Set<Connection>;
  },
): Promise<void> {
  const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  const now = () => core.clock.now();
  const connection = streamConnection(conn, { remote: operatorHost, bounds, now });
  const tooLate = core.clock.after(limits.helloMs, () => connection.close());
  idle.add(connection);
  try {
    const frame = await firstFrame(connection);
    idle.delete(connection);
    tooLate();
    if (frame?.is !== "object" || !isSame(frame.json.key, key)) return;
    await writeAll(connection, await outcome(operator, frame.json));
    await connection.endWriting();
  } catch {
    // Whoever asked is gone; what they asked for is in the log.
  } finally {
    tooLate();
    idle.delete(connection);
    connection.close();
  }
}

async function firstFrame(connection: Connection): Promise<Frame | undefined> {
  for (;;) {
    const frames = await connection.read();
    if (frames === undefined || frames.length > 0) return frames?.[0];
  }
}

async function outcome(operator: Operator, request: JsonObject): Promise<JsonObject> {
  try {
    const fields = isObject(request.fields) ? request.fields : {};
    return { ok: await operator.run(request.do, fields) };
  } catch (error) {
    const { code, message } = refusalOf(error);
    return { refused: { code, message } };
  }
}

async function writeAll(connection: Connection, answer: JsonObject): Promise<void> {
  const bytes = encodeLine(answer);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function isSame(shown: unknown, key: string): boolean {
  if (typeof shown !== "string") return false;
  const [one, other] = [shown, key].map((text) => new TextEncoder().encode(text));
  return one.length === other.length && timingSafeEqual(one, other);
}
