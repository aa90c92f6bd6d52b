/** Sentences that stand for a while. */

import { printableLine } from "../../lib/printable.ts";
import type { Notice } from "../model.ts";
import { Icon, IconButton } from "./icons.tsx";
import type { PageProps } from "./ui.ts";

/** What the page has to say, over its corner. */
export function Notices({ model, ui }: PageProps) {
  return (
    <div class="notices">
      <div role="status" aria-atomic="false">{linesOf("notice", { model, ui })}</div>
      {/* A trouble is read at once, over whatever is being read. */}
      <div role="alert" aria-atomic="false">{linesOf("trouble", { model, ui })}</div>
    </div>
  );
}

function linesOf(kind: Notice["kind"], { model, ui }: PageProps) {
  return model.notices.value.filter((notice) => notice.kind === kind).map((notice) => (
    <NoticeLine key={notice.id} notice={notice} model={model} ui={ui} />
  ));
}

function NoticeLine({ notice, model }: PageProps & { readonly notice: Notice }) {
  const isTrouble = notice.kind === "trouble";
  return (
    <div class={isTrouble ? "notice trouble" : "notice"}>
      {isTrouble && <Icon name="warning" />}
      <span class="notice-text">{printableLine(notice.text)}</span>
      {notice.offer && (
        <button type="button" class="link-button" onClick={notice.offer.accept}>
          {notice.offer.label}
        </button>
      )}
      <IconButton name="close" label="Dismiss" isQuiet onClick={() => model.dismiss(notice)} />
    </div>
  );
}
