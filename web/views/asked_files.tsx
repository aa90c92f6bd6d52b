/** Files that somebody sent to this user, to be taken or not. */

import { sizeText } from "../../lib/client/amounts.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import { FileBadge } from "./file_badge.tsx";
import type { PageProps } from "./ui.ts";

/** Files that are asked about here; the others are among the transfers. */
const askedMax = 3;

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
