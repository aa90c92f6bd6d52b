/** What a row of the table of commands is, and the fields that many of them have. A leaf. */

import { anyText, type Field, type Fields, integer, note, opaque, optional } from "./fields.ts";
import { wireLimits } from "./wire_limits.ts";
import type { Uid } from "../names.ts";

/** The roles, from the least to the most. */
export const roles = ["guest", "member", "moderator", "owner"] as const;
/** What somebody may do. */
export type Role = typeof roles[number];

/** Whether somebody of one role may do what the other one may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

/** What somebody or something is called. */
export const name = note(wireLimits.idCharsMax * 4);
/** Which conversation is meant. */
export const room = anyText(1000);
/** What makes a storing command safe to repeat. */
export const cid = optional(opaque());
/** A user. */
export const uid = opaque<Uid>();
/** In a private conversation, the other's uid. */
export const withUid = optional(uid);
/** How many entries a list may have. */
export const limit = optional(integer(1));
/** The last entry of the page before. */
export const after = optional(name);
/** What somebody may do, as answers say it. */
export const role: Field<Role, "needed"> = {
  must: roles.join(", "),
  presence: "needed",
  check: (value) => roles.find((known) => known === value),
};
/** What `ok` carries where something was stored. */
export const stored = { seq: integer(1), at: integer(0) } as const;
/** One row of the table. */
export interface CommandRow {
  /** One line for `/help` and the docs. */
  readonly help: string;
  /** Who may: the least role, or `anybody` who has a connection. */
  readonly who: Role | "anybody";
  /** What it takes from the flood bucket. */
  readonly cost: number;
  /**
   * Its answer may come after those of later commands. While a connection waits for this many of
   * them it isn't read.
   */
  readonly unordered?: number;
  /** Whether the server's log leaves it out: what a client does by itself. */
  readonly unlogged?: true;
  /** Whether it has to carry an `id`. */
  readonly needsId?: true;
  /** Whether raw bytes may follow it. */
  readonly body?: true;
  /** Whether it gets no `ok`, only refusals. */
  readonly unanswered?: true;
  readonly fields: Fields;
  /** What `ok` carries. */
  readonly ok: Fields;
}
