/** What stands above every view, and on a phone leads to the conversations. */

import type { ComponentChildren } from "preact";
import { IconButton } from "./icons.tsx";
import type { Ui } from "./ui.ts";

/** The line at the top, with what a view puts into it. */
export function Head({ ui, children }: {
  readonly ui: Ui;
  readonly children: ComponentChildren;
}) {
  return (
    <header class="head">
      <IconButton
        name="menu"
        label="Conversations"
        isQuiet
        onClick={() => ui.isMenuOpen.value = true}
      />
      {children}
    </header>
  );
}
