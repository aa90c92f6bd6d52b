/** Offers of files, and how the transfers that they begin stand. */

import type { LogFile, Person } from "../events.ts";
import type { TransferRecord } from "../file_store.ts";
import type { OfferFacts, Sending } from "../files.ts";
import type { ConversationId, TransferId } from "../names.ts";
import type { Command } from "../protocol.ts";

/** Who offers a file, and where. */
export interface Offering {
  readonly by: Person;
  readonly isGuest: boolean;
  readonly conversation: ConversationId;
  readonly offer: Command<"offer">;
  /** That they may, as it is when the offer is decided. @throws {ChatError} */
  requireMay(): void;
}

/** What an offer is told from others by. */
export type OfferOf = Pick<Offering, "by" | "conversation" | "offer">;

/** A file that a transfer has become. */
export interface Shelved {
  readonly conversation: ConversationId;
  readonly file: LogFile;
}

/** How a transfer stands: what `offer` and `resume` answer, made at the moment when it is sent. */
export type Standing = () => {
  readonly transfer: TransferId;
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  readonly place: number;
};

/** What the transfers that are unfinished come to, for whoever offers another one. */
export function waitingOf(
  all: readonly Pick<Sending<object>, "record" | "stored">[],
  { by, isGuest }: Pick<Offering, "by" | "isGuest">,
): Omit<OfferFacts, "free"> {
  return {
    awaited: all.reduce((sum, { record, stored }) => sum + record.size - stored, 0),
    unfinished: all.filter(({ record }) => record.by.uid === by.uid).length,
    guestsUnfinished: isGuest ? all.filter(({ record }) => record.isGuest).length : 0,
  };
}

/** All bytes are there, and no place is needed to say so. */
export function whole({ transfer, name, size }: TransferRecord): ReturnType<Standing> {
  return { transfer, name, size, offset: size, place: 0 };
}
