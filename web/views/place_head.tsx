/** What stands above a view that is no conversation. */

import type { ComponentChildren } from "preact";
import { IconButton } from "./icons.tsx";
import type { Ui } from "./ui.ts";

/** A title, and what belongs to the whole view. */
export function PlaceHead({ title, ui, children }: {
  readonly title: string;
  readonly ui: Ui;
  readonly children?: ComponentChildren;
}) {
  return (
    <header class="head">
      <IconButton
        name="menu"
        label="Conversations"
        isQuiet
        onClick={() => ui.isMenuOpen.value = true}
      />
      <div class="head-words">
        <h2 class="head-name">{title}</h2>
      </div>
      <div class="head-buttons">{children}</div>
    </header>
  );
}
