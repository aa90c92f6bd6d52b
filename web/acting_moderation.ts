/** Does what a /command that keeps order says. */

import { moderate } from "../lib/client/moderate.ts";
import type { ModerationAction } from "../lib/client/slash_row.ts";
import type { ActStage } from "./acting.ts";

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function moderateHere(action: ModerationAction, stage: ActStage): Promise<void> {
  const { talking, notices } = stage;
  if (action.is === "audit") return stage.go({ is: "audit" });
  if (action.is === "bans") return stage.go({ is: "bans" });
  const said = await moderate(talking.chat, talking.required, action);
  if (said !== undefined) notices.tell(said);
}
