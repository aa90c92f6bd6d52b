/** The MUSTs of lib/store.ts and of `Library` as tests, the same for every implementation. */

import { accountsContract } from "./accounts.ts";
import { appendContract } from "./append.ts";
import { libraryContract } from "./library.ts";
import { messagesContract } from "./messages.ts";
import { moderationContract } from "./moderation.ts";
import { pagesContract } from "./pages.ts";
import type { Open } from "./scene.ts";
import { recordsContract } from "./records.ts";
import { searchContract } from "./search.ts";

/** Registers a test for each thing that a backend must do; `open` gives an empty one each time. */
export function backendContract(name: string, open: Open): void {
  appendContract(name, open);
  messagesContract(name, open);
  pagesContract(name, open);
  accountsContract(name, open);
  searchContract(name, open);
  libraryContract(name, open);
  recordsContract(name, open);
  moderationContract(name, open);
}
