/** What a talk does with files, in a folder of the test. */

import { join } from "@std/path";
import type { Clock } from "../../lib/clock.ts";
import { Received } from "../../lib/terminal/received.ts";
import type { TalkFiles } from "../../lib/terminal/talk_options.ts";
import { TransferJournal } from "../../lib/terminal/transfer_journal.ts";
import { pathsFrom, typedPath } from "../../lib/terminal/typed_path.ts";

/** Files of a user who stands in `folder`; what is fetched comes to `received` in it. */
export function talkFiles(folder: string, clock: Clock): TalkFiles {
  const standing = { folder };
  return {
    received: new Received(join(folder, "received"), folder),
    journal: new TransferJournal(join(folder, "transfers.json"), clock),
    take: { mode: "ask", bytesMax: 1e6 },
    pathOf: (typed) => typedPath(typed, standing),
    pathsFrom: (typed) => pathsFrom(typed, standing),
    ask: () => {},
  };
}
