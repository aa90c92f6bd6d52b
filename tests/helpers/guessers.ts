/** Who guesses passwords, from addresses of their own on this machine. */

import { createConnection } from "node:net";
import { isObject, type JsonObject } from "../../lib/wire/fields.ts";

/** Says hello once, from the address `from`; what was answered. */
export function helloFrom(port: number, from: string, hello: JsonObject): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port, localAddress: from });
    let came = "";
    socket.setEncoding("utf8");
    socket.on("connect", () => {
      socket.write(`${JSON.stringify({ t: "hello", v: 1, id: "hello", ...hello })}\n`);
    });
    socket.on("data", (text) => {
      came += text;
      if (!came.includes("\n")) return;
      const answer: unknown = JSON.parse(came.slice(0, came.indexOf("\n")));
      socket.destroy();
      if (isObject(answer)) resolve(answer);
      else reject(new Error(`Hello was answered ${came}`));
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The server ended it without an answer")));
  });
}

/** Guesses at an even pace until told to stop. */
export class Guessers {
  /** How often each code was answered. */
  readonly codes = new Map<string, number>();
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #count = 0;

  /** `next` says from which address comes what, by the number of the guess. */
  constructor(
    port: number,
    perMinute: number,
    next: (count: number) => { readonly from: string; readonly hello: JsonObject },
  ) {
    this.#timer = setInterval(() => {
      const { from, hello } = next(this.#count++);
      const pending: Promise<void> = helloFrom(port, from, hello)
        .then(({ t, code }) => this.#told(String(code ?? t)), () => this.#told("ended"))
        .finally(() => this.#pending.delete(pending));
      this.#pending.add(pending);
    }, 60_000 / perMinute);
  }

  /** How many there were so far. */
  get count(): number {
    return this.#count;
  }

  /** Guesses no more; how many guesses aren't answered yet. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#pending.size;
  }

  #told(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }
}
