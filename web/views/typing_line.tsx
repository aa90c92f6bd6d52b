/** Who is writing now. */

import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";

/** A line that is there also when nobody writes: what is above it doesn't jump. */
export function TypingLine({ model }: { readonly model: Model }) {
  const typing = model.here.value?.typing ?? [];
  return (
    <p class="typing">
      {typing.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {sentence(typing.map(printableLine))}
        </>
      )}
    </p>
  );
}

function sentence(names: readonly string[]): string {
  if (names.length === 1) return `${names[0]} is writing`;
  if (names.length > 3) return `${names.length} people are writing`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are writing`;
}
