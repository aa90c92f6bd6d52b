/** What stands above a view that is no conversation. */

import type { ComponentChildren } from "preact";
import { Head } from "./head.tsx";
import type { Ui } from "./ui.ts";

/** A title, and what belongs to the whole view. */
export function PlaceHead({ title, ui, children }: {
  readonly title: string;
  readonly ui: Ui;
  readonly children?: ComponentChildren;
}) {
  return (
    <Head ui={ui}>
      <div class="head-words">
        <h2 class="head-name">{title}</h2>
      </div>
      <div class="head-buttons">{children}</div>
    </Head>
  );
}
