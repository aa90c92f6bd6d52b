/** What a row of the list is called: what a screen reader says of it. Pure. */

import { actionIn } from "../../lib/client/doing.ts";
import { sizeText } from "../../lib/client/amounts.ts";
import type { StoredEvent } from "../../lib/events.ts";
import type { Said } from "../../lib/client/messages.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import { gist } from "./gist.ts";
import { whatHappened } from "./what_happened.ts";
import { clockTime, dayText } from "./times.ts";

/** What there is to say beside the event itself. */
export interface RowNameOptions {
  readonly isOwn: boolean;
  /** In a private conversation: whether the other has read it. */
  readonly isSeen: boolean;
  /** Whether a day begins with it. */
  readonly isDay: boolean;
  /** Those who came or went just before. */
  readonly also: string;
  /** How many pictures stand together in it; fewer than two: none do. */
  readonly pictures?: number;
  /** The name of the file that it is about. */
  readonly file?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Read of a long text; the whole stands in the row. */
const textChars = 400;

/** Who, when and what, and what has become of it since: `Bob, 14:02: is there soup left?, edited`. */
export function rowName(event: StoredEvent, options: RowNameOptions): string {
  const { isOwn, isDay, now } = options;
  const user = isOwn ? "You" : printableLine(event.user);
  const time = clockTime(event.at);
  const day = isDay ? `${dayText(event.at, now)}. ` : "";
  const { text, isSentence } = wordsOf(event, options);
  const what = isSentence ? `${user} ${text}, ${time}` : `${user}, ${time}: ${text}`;
  return [`${day}${what}`, ...sinceThen(event, options)].join(", ");
}

interface Words {
  readonly text: string;
  /** Whether it is said of somebody, and not by them. */
  readonly isSentence: boolean;
}

/** What happened, as words of somebody or as what is said of them. */
function wordsOf(
  event: StoredEvent,
  { also, file, isOwn, pictures = 0 }: RowNameOptions,
): Words {
  switch (event.t) {
    case "edited":
    case "deleted":
    case "reacted":
      return { text: "changed a message", isSentence: true };
    case "shared":
      if (pictures > 1) return { text: `shared ${pictures} pictures`, isSentence: true };
      return {
        text: `${whatHappened(event, file)}, ${sizeText(event.file.size)}`,
        isSentence: true,
      };
    case "said":
      return wordsSaid(event, isOwn);
    default: {
      const others = also === "" ? "" : `, and so did ${also}`;
      return { text: `${whatHappened(event, file)}${others}`, isSentence: true };
    }
  }
}

function wordsSaid(event: Said, isOwn: boolean): Words {
  if (event.text === undefined) return { text: "took a message back", isSentence: true };
  const done = actionIn(event.text);
  const text = done ?? event.text;
  const words = gist(printable(text.slice(0, textChars)), text.length > textChars);
  return { text: words, isSentence: done !== undefined && !isOwn };
}

/** What has become of a message. */
function sinceThen(event: StoredEvent, { isOwn, isSeen }: RowNameOptions): readonly string[] {
  if (event.t !== "said" || event.text === undefined) return [];
  const reactions = Object.entries(event.reactions ?? {});
  const felt = reactions.map(([emoji, users]) => `${printableLine(emoji)} ${users.length}`);
  return [
    ...event.quote === undefined ? [] : ["an answer"],
    ...event.edited === undefined ? [] : ["edited"],
    ...felt.length === 0 ? [] : [`reactions: ${felt.join(", ")}`],
    ...isOwn && isSeen ? ["read"] : [],
  ];
}
