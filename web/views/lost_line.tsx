/** What is said of a connection that isn't well where the conversations are out of sight. */

import type { Model } from "../model.ts";
import { ConnectionLine } from "./connection_line.tsx";
import { narrowQuery } from "./ui.ts";

/** Below the head, on a phone: how the connection stands, while it isn't well. */
export function LostLine({ model }: { readonly model: Model }) {
  const status = model.status.value;
  const isFirst = status.is === "connecting" && status.attempt === 1;
  const isWell = status.is === "online" && !status.isStalled;
  if (isWell || isFirst || !matchMedia(narrowQuery).matches) return null;
  return (
    <div class="lost">
      <ConnectionLine model={model} />
    </div>
  );
}
