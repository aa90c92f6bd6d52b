/** What is said of a lost connection where the conversations are out of sight. */

import type { Model } from "../model.ts";
import { ConnectionLine } from "./connection_line.tsx";
import { narrowQuery } from "./ui.ts";

/** Below the head, on a phone: how the connection stands, while there is none. */
export function LostLine({ model }: { readonly model: Model }) {
  const status = model.status.value;
  const isFirst = status.is === "connecting" && status.attempt === 1;
  if (status.is === "online" || isFirst || !matchMedia(narrowQuery).matches) return null;
  return (
    <div class="lost">
      <ConnectionLine model={model} />
    </div>
  );
}
