/** The table of emoji: large, and loaded when it is first wanted. */

import { useEffect, useState } from "preact/hooks";
import type * as EmojiTable from "../text/emoji_table.ts";

/** The table, once it is there; it is fetched when it is `wanted`. */
export function useEmoji(wanted: boolean): typeof EmojiTable | undefined {
  const [table, setTable] = useState<typeof EmojiTable | undefined>(undefined);
  useEffect(() => {
    // Without a connection there is none; it is asked for again the next time.
    if (wanted) import("../text/emoji_table.ts").then(setTable, () => {});
  }, [wanted]);
  return table;
}
