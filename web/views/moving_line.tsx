/** What is on its way, in one line above where one writes. */

import { sizeText, timeText } from "../../lib/client/amounts.ts";
import { isUnderWay } from "../../lib/client/transfer_state.ts";
import { printableLine } from "../../lib/printable.ts";
import { Icon } from "./icons.tsx";
import type { PageProps } from "./ui.ts";

/** All files that move, as one. */
export function MovingLine({ model }: PageProps) {
  const moving = model.transfers.value.filter(isUnderWay);
  const [first] = moving;
  if (first === undefined) return null;
  const size = moving.reduce((sum, each) => sum + each.size, 0);
  const bytes = moving.reduce((sum, each) => sum + each.bytes, 0);
  const rate = moving.reduce((sum, each) => sum + each.rate, 0);
  const what = moving.length === 1 ? printableLine(first.name) : `${moving.length} files`;
  const left = rate > 0 ? `${sizeText(rate)}/s, ${timeText((size - bytes) / rate)} left` : "waits";
  return (
    <div class="moving">
      <button type="button" class="moving-open" onClick={() => model.go({ is: "transfers" })}>
        <Icon name="transfers" />
        <span class="moving-name">{what}</span>
        <progress max={Math.max(1, size)} value={bytes} aria-label={`How far ${what} is`} />
        <span class="quiet">{left}</span>
      </button>
      {moving.length === 1 && (
        <button
          type="button"
          class="link-button"
          onClick={() => model.cancel(first)}
        >
          Cancel
        </button>
      )}
    </div>
  );
}
