/** What stands where in NATS: names of streams and subjects, and entries as bytes. */

import type { NodeId } from "../../nodes.ts";

/** The names that one Parley uses. */
export interface Layout {
  /** The stream of entries, on one subject. The first of them founds the store. */
  readonly entries: { readonly stream: string; readonly subject: string };
  /** The stream of what stands in the place of entries that were erased, a subject for each. */
  readonly instead: { readonly stream: string; subject(position: number | "*"): string };
  /** To everybody. */
  readonly notes: string;
  notesTo(node: NodeId): string;
  readonly beats: string;
}

/** The names of the Parley called `name`: letters, digits, `-` and `_`. */
export function layoutOf(name: string): Layout {
  return {
    entries: { stream: name, subject: `${name}.log` },
    instead: { stream: `${name}_instead`, subject: (position) => `${name}.instead.${position}` },
    notes: `${name}.note`,
    notesTo: (node) => `${name}.note.${node}`,
    beats: `${name}.beat`,
  };
}

/** What was published: a line that says by whom, and the rest. */
export interface Signed {
  readonly node: NodeId;
  /** 0 where the entry founds the store, or something isn't counted. */
  readonly number: number;
  readonly text: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
/** Bytes that the line takes at most. */
export const signatureBytesMax = 64;

/** Something to publish. */
export function signed({ node, number, text }: Signed): Uint8Array {
  return encoder.encode(`${node} ${number}\n${text}`);
}

/** What was published. @throws {Error} where it isn't by one of us */
export function signedIn(bytes: Uint8Array): Signed {
  const whole = decoder.decode(bytes);
  const end = whole.indexOf("\n");
  const [, node, digits] = /^([\w-]{1,40}) (\d{1,15})$/.exec(whole.slice(0, end)) ?? [];
  if (node === undefined) throw new Error("NATS has something that no node of Parley wrote");
  return { node: node as NodeId, number: Number(digits), text: whole.slice(end + 1) };
}
