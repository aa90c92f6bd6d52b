/** Where the operator reaches a server that runs, and what is said there. A leaf. */

import { checkFields, integer, note, type Shape } from "../wire/fields.ts";
import { parseLine } from "../wire/decode.ts";

/** The file in the data folder that says where, for whoever may read that folder. */
export const operatorFile = "operator.json";
/** The one address that it listens on: nobody comes from elsewhere. */
export const operatorHost = "127.0.0.1";

const doorFields = {
  port: integer(1, 65_535),
  /** Shown with each request; another one each time that the server starts. */
  key: note(100),
} as const;
/** What the file says. */
export type Door = Shape<typeof doorFields>;

/** What a file says, or `undefined` where it isn't one of a server that runs. */
export function readDoor(text: string): Door | undefined {
  const json = parseLine(text);
  return json && checkFields(doorFields, json);
}
