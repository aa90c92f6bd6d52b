/** Does what a line that keeps order came to, and shows what moderators did. */

import { banText, listBans } from "../client/ban_list.ts";
import type { Chat } from "../client/chat.ts";
import { moderate } from "../client/moderate.ts";
import type { ModerationAction } from "../client/slash_row.ts";
import type { ConversationView } from "../client/state.ts";
import { auditLine } from "../client/audit_text.ts";
import { printableLine } from "../printable.ts";
import type { View } from "./view.ts";
import { dayLine } from "./render.ts";
import { clockTime, dayOf } from "./view.ts";
import { wrap } from "./wrap.ts";

/** Where what keeps order shows what it comes to. */
export interface AuditStage {
  readonly chat: Chat;
  /** The conversation in front. */
  readonly here: ConversationView;
  view(): View;
  /** Milliseconds since 1970. */
  now(): number;
  show(lines: readonly string[]): void;
  /** Keeps what `/more` goes on with; nothing where there is no more. */
  keepMore(more: (() => Promise<void>) | undefined): void;
}

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function moderateHere(action: ModerationAction, stage: AuditStage): Promise<void> {
  if (action.is === "audit") return await audit(stage, undefined);
  if (action.is === "bans") return await bans(action.onServer, stage);
  const said = await moderate(stage.chat, stage.here, action);
  if (said !== undefined) stage.show(wrap(said, stage.view().columns));
}

async function bans(onServer: boolean, stage: AuditStage): Promise<void> {
  const { room, bans, more } = await listBans(stage.chat, stage.here, onServer);
  const { paint, columns } = stage.view();
  const where = room === undefined ? "the server" : `#${printableLine(room)}`;
  if (bans.length === 0) return stage.show([`Nobody is banned from ${where}`]);
  const now = stage.now();
  const how = room === undefined ? "server USER, or /unban ADDRESS," : "USER";
  stage.show([
    paint.strong(`Banned from ${where}`),
    ...bans.flatMap((ban) => wrap(`  ${banText(ban, now)}`, columns)),
    ...more ? [paint.quiet("There are more")] : [],
    paint.quiet(`/unban ${how} lets them in again`),
  ]);
}

/** The newest entries stand nearest to the prompt, as the newest messages do. */
async function audit(stage: AuditStage, before: string | undefined): Promise<void> {
  const page = await stage.chat.send("audit", before === undefined ? {} : { before });
  const view = stage.view();
  let day: string | undefined;
  const lines = page.entries.toReversed().flatMap((entry) => {
    const texts = wrap(auditLine(entry), view.columns - 8);
    const drawn = texts.map((text, index) => {
      return `${index === 0 ? view.paint.quiet(clockTime(entry.at)) : "     "}   ${text}`;
    });
    if (dayOf(entry.at) === day) return drawn;
    day = dayOf(entry.at);
    return [dayLine(entry.at, view), ...drawn];
  });
  stage.show(lines.length === 0 ? ["No moderator has done anything yet"] : lines);
  const { cursor } = page;
  stage.keepMore(cursor === undefined ? undefined : () => audit(stage, cursor));
  if (cursor !== undefined) stage.show([view.paint.quiet("/more shows what was done before")]);
}
