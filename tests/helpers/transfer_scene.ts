/** A client's transfers with a server that does what a test says, and files in memory. */

import { assert } from "@std/assert";
import { createHash } from "node:crypto";
import { Transfers } from "../../lib/client/transfers.ts";
import {
  type Hash,
  isUnderWay,
  type KeptTransfer,
  type Sink,
  type Source,
  type TransferView,
} from "../../lib/client/transfer_state.ts";
import type { SharedFile } from "../../lib/events.ts";
import type { FileId, Uid } from "../../lib/names.ts";
import { FakeClock, turn } from "./fake_clock.ts";
import { type ScriptedPeer, ScriptedServer, welcome } from "./scripted_server.ts";

/** A SHA-256, piece by piece. */
export function sha256(): Hash {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
}

/** The SHA-256 of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `length` bytes that don't repeat. */
export function someBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = 7;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** A file in memory. */
export class MemorySource implements Source {
  readonly name: string;
  readonly origin: string;
  readonly stamp = "1";
  readonly bytes: Uint8Array;
  same = true;
  closed = false;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.origin = `/files/${name}`;
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    const piece = this.bytes.subarray(offset, offset + into.length);
    into.set(piece);
    return Promise.resolve(piece.length);
  }

  isSame(): Promise<boolean> {
    return Promise.resolve(this.same);
  }

  close(): void {
    this.closed = true;
  }
}

/** A file in memory that is fetched. */
export class MemorySink implements Sink {
  bytes = new Uint8Array(0);
  drops = 0;
  finished = false;
  closed = false;

  open(): Promise<number> {
    return Promise.resolve(this.bytes.length);
  }

  write(more: Uint8Array): Promise<void> {
    const grown = new Uint8Array(this.bytes.length + more.length);
    grown.set(this.bytes);
    grown.set(more, this.bytes.length);
    this.bytes = grown;
    return Promise.resolve();
  }

  sha256(): string {
    return digestOf(this.bytes);
  }

  finish(): Promise<string> {
    this.finished = true;
    return Promise.resolve("received_files/it");
  }

  drop(): Promise<void> {
    this.drops++;
    this.bytes = new Uint8Array(0);
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

/** A file as a server tells of it. */
export function sharedFile(bytes: Uint8Array, more: Partial<SharedFile> = {}): SharedFile {
  return {
    file: "f1" as FileId,
    name: "notes.txt",
    size: bytes.length,
    sha256: digestOf(bytes),
    mime: "text/plain",
    user: "bob",
    uid: "u2" as Uid,
    at: 1,
    room: "lobby",
    ...more,
  };
}

/** Transfers, and what they were told. */
export class TransferScene implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly server = new ScriptedServer();
  readonly told: TransferView[] = [];
  kept: readonly KeptTransfer[] = [];
  /** How often the connection was there. */
  onlines = 0;
  readonly transfers: Transfers;
  #wake: (() => void)[] = [];

  constructor() {
    this.transfers = new Transfers({
      dial: this.server.dial,
      hello: () => ({ v: 1, user: "alice", token: "token-1" }),
      clock: this.clock,
      random: () => 0.5,
      sha256,
      keep: (kept) => this.kept = kept,
      onOnline: () => this.onlines++,
      onChange: (view) => {
        this.told.push(view);
        const wake = this.#wake;
        this.#wake = [];
        for (const resolve of wake) resolve();
      },
    });
  }

  /** The next connection, let in. */
  async online(more: Record<string, unknown> = {}): Promise<ScriptedPeer> {
    const peer = await this.server.accept();
    const server = { id: "s1", name: "T", version: "0", at: 1, features: ["gzip"], addresses: [] };
    const hello = await peer.accept("hello", welcome({ server, ...more }));
    assert(hello.quiet);
    return peer;
  }

  /** Resolves how a transfer stands when it stands so. */
  async until(number: number, is: TransferView["standing"]["is"]): Promise<TransferView> {
    for (;;) {
      const view = this.transfers.all.find((each) => each.number === number);
      if (view?.standing.is === is) return view;
      assert(view === undefined || isUnderWay(view), `It is ${view?.standing.is}, not ${is}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Lets what follows in memory happen, and then time pass until somebody dials. */
  async nextLine(): Promise<ScriptedPeer> {
    const before = this.server.dialled;
    await turn();
    while (this.server.dialled === before) await this.clock.tick(1000);
    return await this.online();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.transfers.close();
    await this.clock.tick(2000);
    await closed;
  }
}

/** Takes parts of a transfer until `upTo`, storing each; resolves the bytes. */
export async function takeParts(
  peer: ScriptedPeer,
  transfer: string,
  { from = 0, upTo }: { readonly from?: number; readonly upTo: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(upTo - from);
  let at = from;
  while (at < upTo) {
    const part = await peer.take("part");
    assert(part.transfer === transfer && part.offset === at, JSON.stringify(part));
    assert(peer.body && peer.body.length === part.bytes);
    bytes.set(peer.body, at - from);
    at += peer.body.length;
    await peer.send({ t: "stored", transfer, offset: at });
  }
  return bytes;
}
