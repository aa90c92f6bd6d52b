/** Files on their way, as screens draw them, and where their bytes come from and go to. */

import type { OfferedPicture, Place, SharedFile } from "../events.ts";
import type { ChatError } from "../errors.ts";
import type { TransferId } from "../names.ts";

/** A file that is sent. Its errors are ChatErrors whose messages are for people. */
export interface Source {
  readonly name: string;
  /** Folders above it, like `a/b`. */
  readonly folder?: string;
  readonly size: number;
  readonly mime?: string;
  /** What it looks like, where it is a picture or a film and that can be told. Never rejects. */
  picture?(): Promise<OfferedPicture | undefined>;
  /** Where it is, for whoever opens it again after a restart. */
  readonly origin: string;
  /** Another one where its bytes may have changed. */
  readonly stamp: string;
  /** Fills `into` from `offset` on, as far as there are bytes; opens it where it isn't open. */
  read(into: Uint8Array, offset: number): Promise<number>;
  /**
   * Whether it is still what it was when it was found.
   *
   * @throws {ChatError} a sentence for people, where it can't be told, or it is gone.
   */
  isSame(): Promise<boolean>;
  close(): void;
}

/** Where a file that is fetched is put. Its errors are ChatErrors whose messages are for people. */
export interface Sink {
  /** How many of its bytes are there, from an earlier run perhaps. */
  open(): Promise<number>;
  /** Puts bytes behind those that are there. */
  write(bytes: Uint8Array): Promise<void>;
  /** The SHA-256 of all that is there, in lower-case hexadecimal digits. */
  sha256(): string;
  /** Gives it its name, one that nothing else has; resolves where it is, for people. */
  finish(): Promise<string>;
  /** Removes what came. */
  drop(): Promise<void>;
  /** Keeps what came for later; resolves when nothing of it is in use. */
  close(): Promise<void> | void;
}

/** A SHA-256 that is made piece by piece. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** The digest, in lower-case hexadecimal digits; once. */
  digest(): string;
}

/** How a transfer stands. */
export type TransferStanding =
  /** For its turn, or for a connection. */
  | { readonly is: "waiting" }
  /** In the server's queue. */
  | { readonly is: "queued"; readonly place: number }
  | { readonly is: "moving" }
  /** All bytes are there, and are checked. */
  | { readonly is: "checking" }
  /** `path`: where a file that was fetched is. */
  | { readonly is: "done"; readonly file: SharedFile; readonly path?: string }
  | { readonly is: "failed"; readonly error: ChatError }
  | { readonly is: "cancelled" };

/** One transfer as it stands now. */
export interface TransferView {
  /** What `/cancel` names it by, from 1 up. */
  readonly number: number;
  readonly way: "up" | "down";
  readonly name: string;
  readonly folder?: string;
  readonly place: Place;
  /** Bytes that are there for good: on the server, or here. */
  readonly bytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes in a second, of late. */
  readonly rate: number;
  readonly standing: TransferStanding;
}

/** What is kept of an upload, to go on with it after a restart. */
export interface KeptUpload {
  readonly way: "up";
  readonly origin: string;
  readonly stamp: string;
  readonly name: string;
  readonly folder?: string;
  readonly place: Place;
  readonly cid: string;
  readonly transfer?: TransferId;
  /** The id of the server that it was offered to. */
  readonly server?: string;
}

/** What is kept of a download. */
export interface KeptDownload {
  readonly way: "down";
  readonly file: SharedFile;
}

/** What is kept of a transfer. */
export type KeptTransfer = KeptUpload | KeptDownload;

/** Whether it moves or will move. */
export function isUnderWay({ standing: { is } }: TransferView): boolean {
  return is !== "done" && is !== "failed" && is !== "cancelled";
}
