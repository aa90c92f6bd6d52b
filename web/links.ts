/** Addresses of files, which the browser fetches by itself once the server knows it. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { SharedFile } from "../lib/events.ts";

/** What is used of `fetch`. */
export type Ask = (
  path: string,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>> },
) => Promise<{ readonly ok: boolean }>;

/** Links of one login. */
export class Links {
  readonly #ask: Ask;
  readonly #ready = signal(false);
  #token: string | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Whether links lead to something. */
  get ready(): ReadonlySignal<boolean> {
    return this.#ready;
  }

  /** Gives the login to the browser, as a cookie that no script sees. */
  async open(token: string): Promise<void> {
    if (token === this.#token && this.#ready.peek()) return;
    this.#token = token;
    const headers = { authorization: `Bearer ${token}` };
    this.#ready.value = await this.#done("POST", headers);
  }

  /** Takes it back. */
  async close(): Promise<void> {
    this.#token = undefined;
    this.#ready.value = false;
    await this.#done("DELETE");
  }

  /** Where a file is. */
  to(
    { file, name, picture }: SharedFile,
    options: { readonly inline?: boolean; readonly thumb?: boolean } = {},
  ): string {
    if (options.thumb && picture?.thumb !== undefined) return `/thumbs/${encodeURIComponent(file)}`;
    const path = `/files/${encodeURIComponent(file)}/${encodeURIComponent(name)}`;
    return options.inline || options.thumb ? `${path}?inline` : path;
  }

  async #done(method: string, headers?: Readonly<Record<string, string>>): Promise<boolean> {
    try {
      const { ok } = await this.#ask("/session", { method, ...headers && { headers } });
      return ok;
    } catch {
      // Without a connection; the next one tries again.
      return false;
    }
  }
}
