/** Where the server is that a command line means. */

import { type ChatAddress, isAddress, readAddress, usualPort } from "../chat_address.ts";
import type { Address } from "../client/tcp.ts";
import { nearest } from "../nearest.ts";
import { UsageError } from "./usage_error.ts";

/** What a command line says of where the server is. */
export interface Typed {
  /** Several, with commas between them, where it has several. */
  readonly host?: string;
  readonly port?: string;
  readonly isTls: boolean;
  /** The words that stand without an option. */
  readonly words: readonly string[];
  /** The option that has no value and stands right before the first of them. */
  readonly before?: string;
}

/** A server, and where else it is. */
export type Place = ChatAddress & { readonly others: readonly Address[] };

const hostUsual = "127.0.0.1";
const portMax = 65_535;

/**
 * Reads `HOST [PORT]`, `HOST:PORT,HOST:PORT` and whole addresses.
 *
 * @throws {UsageError}
 */
export function placeOf({ host, port, isTls, words, before }: Typed): Place {
  const [first, second, third] = words;
  const extra = third ?? (host !== undefined ? first : undefined) ??
    (port !== undefined ? second : undefined);
  const sentence = first === undefined ? undefined : misspelt(first);
  if (extra !== undefined) {
    if (sentence !== undefined) throw new UsageError(sentence);
    throw new UsageError(`Cannot take "${extra}": only HOST and PORT may stand without an option`);
  }
  // A word alone that is nearly a command would be dialled as a host, and nobody there tells why.
  const isAlone = host === undefined && port === undefined && second === undefined;
  if (isAlone && sentence !== undefined) throw new UsageError(sentence);
  const [whole, ...more] = (host ?? first ?? hostUsual).split(",");
  if (isAddress(whole)) {
    const place = wholeAddress(whole, port ?? second, isTls);
    return { ...place, others: more.map((text) => addressOf(text, undefined)) };
  }
  if (second !== undefined && portOf(second) === undefined) {
    if (sentence !== undefined) throw new UsageError(sentence);
    // Whoever wrote a value for it has their host taken for the port.
    const why = before === undefined ? "" : `; "${before}" has no value, so "${first}" is the host`;
    throw new UsageError(noPort(second) + why);
  }
  const written = port ?? second;
  return {
    isTls,
    ...addressOf(whole, written),
    others: more.map((text) => addressOf(text, written)),
  };
}

/** `HOST`, `HOST:PORT`, `[::1]`, `[::1]:PORT`, `::1`; with the port said elsewhere, if it was. */
function addressOf(text: string, written: string | undefined): Address {
  const { host, port } = hostAndPort(text);
  if (port !== undefined && written !== undefined) {
    throw new UsageError(`Cannot take two ports: "${port}" and "${written}"`);
  }
  const said = port ?? written ?? String(usualPort);
  const number = portOf(said);
  if (number === undefined) {
    throw new UsageError(noPort(said));
  }
  if (!/^[\p{L}\p{N}.:%_-]+$/u.test(host)) {
    throw new UsageError(`Cannot take "${host}" for the host: it must be a name or an address`);
  }
  return { host, port: number };
}

function noPort(text: string): string {
  return `Cannot take "${text}" for the port: it must be a number from 1 to ${portMax}`;
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,6}$/.test(text) && port >= 1 && port <= portMax ? port : undefined;
}

/** `parleys://HOST:PORT/INVITATION#FINGERPRINT` */
function wholeAddress(text: string, port: string | undefined, isTls: boolean): ChatAddress {
  const address = readAddress(text);
  if (typeof address === "string") throw new UsageError(address);
  if (port !== undefined) {
    throw new UsageError(`Cannot take two ports: "${address.port}" and "${port}"`);
  }
  return { ...address, isTls: isTls || address.isTls };
}

function hostAndPort(text: string): { readonly host: string; readonly port?: string } {
  const [, bracketed, after] = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: after };
  const [host, port, more] = text.split(":");
  return more === undefined && port !== undefined ? { host, port } : { host: text };
}

/** What to say where a word that stands for HOST is nearly a command, and no address. */
function misspelt(word: string): string | undefined {
  if (/[.:,\d]/.test(word)) return undefined;
  const near = nearest(word.toLowerCase(), ["send", "history", "upload", "download", "files"]);
  if (near === undefined) return undefined;
  return `There is no command "${word}": did you mean "${near}"? A host is named with --host`;
}
