/** The page's few pictures, drawn with lines in the colour of the text around them. */

import { iconLines } from "./icon_lines.ts";
import type { laterLines } from "./icon_lines_later.ts";
import { behind } from "./later.tsx";

/** The name of a picture; tools/icon_lines.ts has the table of them. */
export type IconName = keyof typeof iconLines | keyof typeof laterLines;

/** A picture that says nothing by itself: what it stands for is the label of what it is in. */
export function Icon({ name }: { readonly name: IconName }) {
  const lines: Partial<Record<IconName, string>> = name in iconLines
    ? iconLines
    : behind.value.value?.laterLines ?? {};
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={lines[name]} />
    </svg>
  );
}

/** A button that is only a picture. */
export function IconButton(
  { name, label, onClick, isPressed, isQuiet, keys }: {
    readonly name: IconName;
    readonly label: string;
    readonly onClick: () => void;
    readonly isPressed?: boolean;
    readonly isQuiet?: boolean;
    /** Keys that do the same, for the tip. */
    readonly keys?: string;
  },
) {
  return (
    <button
      type="button"
      class={isQuiet ? "icon-button quiet" : "icon-button"}
      aria-label={label}
      aria-pressed={isPressed}
      title={keys === undefined ? label : `${label} (${keys})`}
      onClick={onClick}
    >
      <Icon name={name} />
    </button>
  );
}
