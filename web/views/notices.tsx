/** Sentences that stand for a while, and files that somebody sent. */

import { sizeText } from "../../lib/client/amounts.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Notice } from "../model.ts";
import { FileBadge } from "./file_badge.tsx";
import { Icon, IconButton } from "./icons.tsx";
import type { PageProps } from "./ui.ts";

/** Files that are asked about here; the others are among the transfers. */
const askedMax = 3;

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

/** Files that wait to be accepted, above everything else in the middle. */
export function AskedFiles({ model, ui }: PageProps) {
  const asked = model.route.value.is === "transfers" ? [] : model.asked.value;
  if (asked.length === 0) return null;
  return (
    <section class="asked-files" aria-label="Files sent to you">
      {asked.slice(0, askedMax).map((file) => (
        <Asked key={file.file} file={file} model={model} ui={ui} />
      ))}
      {asked.length > askedMax && (
        <button
          type="button"
          class="link-button"
          onClick={() => model.go({ is: "transfers" })}
        >
          {asked.length - askedMax} more were sent to you
        </button>
      )}
    </section>
  );
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

function Asked({ file, model }: PageProps & { readonly file: SharedFile }) {
  const name = printableLine(file.name);
  return (
    <div class="asked" role="group" aria-label={`${name} from ${printableLine(file.user)}`}>
      <FileBadge name={file.name} />
      <div class="file-words">
        <span class="file-name">{name}</span>
        <span class="quiet">{printableLine(file.user)} sends you {sizeText(file.size)}</span>
      </div>
      <button type="button" class="button primary" onClick={() => model.accept(file)}>
        Accept
      </button>
      <button type="button" class="button" onClick={() => model.decline(file)}>Decline</button>
    </div>
  );
}
