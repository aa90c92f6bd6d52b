/** What stands above every view, and on a phone leads to the conversations. */

import type { ComponentChildren } from "preact";
import { Count } from "./count.tsx";
import { Icon } from "./icons.tsx";
import type { Ui } from "./ui.ts";

/** The line at the top, with what a view puts into it. */
export function Head({ ui, children }: {
  readonly ui: Ui;
  readonly children: ComponentChildren;
}) {
  return (
    <header class="head">
      <span class="menu">
        <button
          type="button"
          class="icon-button quiet"
          aria-label="Conversations"
          aria-describedby="menu-mark"
          title="Conversations"
          onClick={() => ui.isMenuOpen.value = true}
        >
          <Icon name="menu" />
        </button>
        <MenuMark ui={ui} />
      </span>
      {children}
    </header>
  );
}

/** On a phone: what waits in conversations that are out of sight. */
function MenuMark({ ui }: { readonly ui: Ui }) {
  const { unread, mentions } = ui.waiting.value;
  return (
    <span class="menu-mark" id="menu-mark" aria-hidden="true">
      {unread > 0 && <Count unread={unread} mentions={mentions} />}
    </span>
  );
}
