/**
 * Two files that are half way while something happens to their server: one is sent, one is fetched.
 * What becomes of them after it is for the test to say: both come whole, or it is told why not.
 */

import { deadline } from "@std/async/deadline";
import { Transfers } from "../../lib/client/transfers.ts";
import type { TransferView } from "../../lib/client/transfer_state.ts";
import type { SharedFile } from "../../lib/events.ts";
import type { Command } from "../../lib/protocol.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { waysOf } from "./crowd_member.ts";
import { barrierMs } from "./patience.ts";
import { MemorySink, MemorySource, sha256 } from "./transfer_scene.ts";

/** Lets one through up to its half, and the rest once it is told to. */
class Half {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #bytes: number;

  constructor(size: number) {
    this.#bytes = size / 2;
  }

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  async pass(offset: number): Promise<void> {
    if (offset < this.#bytes) return;
    this.#reached.resolve();
    await this.#opened.promise;
  }
}

class HalfSource extends MemorySource {
  readonly half: Half;

  constructor(name: string, bytes: Uint8Array) {
    super(name, bytes);
    this.half = new Half(bytes.length);
  }

  override async read(into: Uint8Array, offset: number): Promise<number> {
    await this.half.pass(offset);
    return await super.read(into, offset);
  }
}

class HalfSink extends MemorySink {
  readonly half: Half;

  constructor(size: number) {
    super();
    this.half = new Half(size);
  }

  override async write(more: Uint8Array): Promise<void> {
    await this.half.pass(this.bytes.length + more.length);
    await super.write(more);
  }
}

/** What they are made with. */
export interface FilesUnderWayOptions {
  /** Where they go; the first is taken first. */
  readonly ports: readonly number[];
  /** Who sends and fetches. */
  readonly hello: Command<"hello">;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is fetched; nothing where there is nothing yet. */
  readonly fetched?: SharedFile;
}

/** One of them, over a connection of its own: what isn't taken holds up all that comes behind it. */
interface Passing {
  readonly transfers: Transfers;
  readonly half: Half;
  readonly number: number;
}

/** Dispose them: what isn't at its end by then is left. */
export class FilesUnderWay implements AsyncDisposable {
  readonly #options: FilesUnderWayOptions;
  readonly #up: Passing;
  readonly #all: readonly Passing[];

  private constructor(options: FilesUnderWayOptions) {
    this.#options = options;
    const { name, bytes, fetched } = options;
    const source = new HalfSource(name, bytes);
    this.#up = this.#pass(source.half, (all) => all.upload(source, { room: "lobby" }));
    const down = (file: SharedFile) => {
      const sink = new HalfSink(file.size);
      return this.#pass(sink.half, (all) => all.download(file, sink));
    };
    this.#all = [this.#up, ...fetched ? [down(fetched)] : []];
  }

  /** Resolves when both are half way, and go no further. */
  static async begin(options: FilesUnderWayOptions): Promise<FilesUnderWay> {
    const files = new FilesUnderWay(options);
    await files.#patiently(Promise.all(files.#all.map(({ half }) => half.reached)));
    return files;
  }

  /** Lets the rest pass; resolves with the file that was sent when both are there whole. */
  async end(): Promise<SharedFile> {
    for (const { half } of this.#all) half.open();
    const ended = this.#all.map(({ transfers, number }) => transfers.ended(number));
    const [up, ...others] = await this.#patiently(Promise.all(ended));
    const isDone = (view?: TransferView) => view?.standing.is === "done";
    if (up?.standing.is !== "done" || !others.every(isDone)) throw new Error(this.#told());
    return up.standing.file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { half } of this.#all) half.open();
    await Promise.all(this.#all.map(({ transfers }) => transfers.close()));
  }

  #pass(half: Half, begin: (transfers: Transfers) => TransferView): Passing {
    const { ports, hello } = this.#options;
    const ways = waysOf({ ports, random: () => 0 });
    const transfers = new Transfers({
      dial: Object.assign(() => ways.dial(), { elsewhere: ways }),
      hello: () => hello,
      clock: systemClock(),
      random: () => 0,
      sha256,
      onChange() {},
      keep() {},
    });
    return { transfers, half, number: begin(transfers).number };
  }

  async #patiently<T>(promise: Promise<T>): Promise<T> {
    try {
      return await deadline(promise, barrierMs);
    } catch (cause) {
      throw new Error(this.#told(), { cause });
    }
  }

  /** How both stand, as sentences do that tell of a fault. */
  #told(): string {
    const views = this.#all.flatMap(({ transfers }) => transfers.all);
    return views.map(({ way, bytes, size, standing }) => {
      const how = standing.is === "failed" ? standing.error.message : standing.is;
      return `${way}, ${bytes} bytes of ${size}: ${how}`;
    }).join("; ");
  }
}
