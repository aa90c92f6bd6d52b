/** Who somebody is at a glance: two letters on a colour of their own, and whether they are here. */

import { printableLine } from "../../lib/printable.ts";

/** How somebody is, as far as is known. */
export type Presence = "online" | "away" | "offline";

const huesMax = 8;

/** One of eight colours, always the same for a name. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const char of name.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum % huesMax;
}

/** Two letters on a colour. */
export function Avatar({ name, presence }: {
  readonly name: string;
  readonly presence?: Presence;
}) {
  const letters = initials(printableLine(name));
  return (
    <span class={`avatar hue-${hueOf(name)}`} aria-hidden="true">
      {letters}
      {presence && <span class={`presence ${presence}`} />}
    </span>
  );
}

/** Whether somebody is here, for those who see it and those who hear it. */
export function PresenceDot({ presence }: { readonly presence: Presence }) {
  return (
    <>
      <span class={`presence ${presence}`} aria-hidden="true" />
      <span class="hidden">{presence}</span>
    </>
  );
}

function initials(name: string): string {
  const words = name.split(/[_.\-\s]+/).filter((word) => word !== "");
  const letters = words.length > 1
    ? words.slice(0, 2).map((word) => [...word][0])
    : [...words[0] ?? "?"].slice(0, 2);
  return letters.join("");
}
