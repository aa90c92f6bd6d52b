/** A server in this process whose page can be another one after a restart. */

import { openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { Core } from "../../lib/core.ts";
import { defaultBounds } from "../../lib/limits.ts";
import { silentJournal } from "../../lib/log.ts";
import type { Listening } from "../../lib/net/tcp.ts";
import { listenWeb } from "../../lib/net/web.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { makePage } from "../../tools/web.ts";
import { freePort } from "./free_port.ts";
import { quickPasswords } from "./quick_passwords.ts";

/** The web port of one server, with what it has stored over its restarts. */
export class PageServer implements AsyncDisposable {
  readonly port: number = freePort();
  /** What it is called, beside its addresses. */
  readonly names: readonly string[] = ["school.test"];
  readonly #backend = openMemory();
  readonly #blobs = new MemoryBlobs();
  #core: Core | undefined;
  #listening: Listening | undefined;

  /** Starts with the page in `folder`. */
  static async start(folder: string): Promise<PageServer> {
    const server = new PageServer();
    await server.start(folder);
    return server;
  }

  /** Starts it again, after {@linkcode stop}. */
  async start(folder: string): Promise<void> {
    const core = this.#core = await Core.start({
      backend: this.#backend,
      blobs: this.#blobs,
      bounds: { ...defaultBounds, flood: false },
      clock: systemClock(),
      journal: silentJournal(),
      name: "Test",
      version: "0",
      passwords: quickPasswords,
    });
    const { port, names } = this;
    const here = { hostname: "127.0.0.1", port, names, page: folder };
    this.#listening = await listenWeb(core, here);
  }

  async stop(): Promise<void> {
    await this.#core?.close("stopped");
    await this.#listening?.[Symbol.asyncDispose]();
    this.#core = this.#listening = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#backend[Symbol.asyncDispose]();
  }
}

/** Makes a version of the page in which every file that may be loaded later is called otherwise. */
export async function makeOtherPage(folder: string): Promise<void> {
  await makePage(folder, async () => {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const digest = /-([A-Z0-9])([A-Z0-9]{7})\.js/g;
    const other = (text: string) =>
      text.replaceAll(digest, (_all, first, rest) => `-${first === "9" ? "8" : "9"}${rest}.js`);
    for (const name of names.filter((each) => each.endsWith(".js"))) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      await Deno.remove(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${other(name)}`, other(text));
    }
  });
}
