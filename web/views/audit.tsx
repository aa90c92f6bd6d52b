/** What moderators did, for whoever owns the server. */

import { useEffect, useState } from "preact/hooks";
import { auditLine } from "../../lib/client/audit_text.ts";
import type { Ok } from "../../lib/protocol.ts";
import { shortTime } from "../text/times.ts";
import { Said } from "./account.tsx";
import { useAsking } from "./asking.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

type Trail = Pick<Ok<"audit">, "entries" | "cursor">;

/** The trail, the newest first. */
export function AuditView({ model, ui }: PageProps) {
  const [trail, setTrail] = useState<Trail | undefined>(undefined);
  const asking = useAsking();
  const read = async (before?: string) => {
    const page = await model.send("audit", before === undefined ? {} : { before });
    const known = before === undefined ? [] : trail?.entries ?? [];
    const { entries, cursor } = page;
    setTrail({ entries: [...known, ...entries], ...cursor !== undefined && { cursor } });
  };
  useEffect(() => void asking.ask(() => read()), []);
  return (
    <section class="place" aria-label="Moderation">
      <PlaceHead title="What moderators did" ui={ui} />
      <div class="place-body settings" tabIndex={0} role="region" aria-label="Trail">
        <ul class="account-list" aria-label="Entries">
          {trail?.entries.map((entry, index) => (
            <li key={index} class="account-line">
              <span class="file-words">
                <span>{auditLine(entry)}</span>
                <span class="quiet">{shortTime(entry.at, model.now.peek())}</span>
              </span>
            </li>
          ))}
        </ul>
        {trail?.entries.length === 0 && <p class="empty">No moderator has done anything yet.</p>}
        <Said asking={asking} />
        {trail?.cursor !== undefined && (
          <button
            type="button"
            class="button"
            disabled={asking.isBusy}
            onClick={() => void asking.ask(() => read(trail.cursor))}
          >
            Show what was done before
          </button>
        )}
      </div>
    </section>
  );
}
