/** The files of the server that this user may fetch, as a table. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { sizeText } from "../../lib/client/amounts.ts";
import { fileName } from "../../lib/client/find_file.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import { type FileOrder, type SortedBy, sortedFiles } from "../list/sorting.ts";
import { kindOf } from "../text/kinds.ts";
import { placeSign } from "../text/places.ts";
import { shortTime, wholeTime } from "../text/times.ts";
import { SendFiles } from "./drop_area.tsx";
import { extensionOf, FileBadge } from "./file_badge.tsx";
import { Icon, IconButton } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import { PlaceHead } from "./place_head.tsx";
import { SureButton } from "./sure_button.tsx";
import type { PageProps } from "./ui.ts";

/** Shown at once; the next ones come with a button. */
const pageFiles = 100;

const columns: readonly { readonly by: SortedBy; readonly title: string }[] = [
  { by: "name", title: "Name" },
  { by: "size", title: "Size" },
  { by: "user", title: "From" },
  { by: "at", title: "When" },
];

/** A table that one sorts by its heads and looks through by words. */
export function LibraryView({ model, ui }: PageProps) {
  const [order, setOrder] = useState<FileOrder>({ by: "at", isDown: true, words: "" });
  const [shown, setShown] = useState(pageFiles);
  const { files, isBusy } = model.library.value;
  const sorted = useMemo(() => sortedFiles(files, order), [files, order]);
  useEffect(() => model.loadLibrary(), []);
  const sortBy = (by: SortedBy) =>
    setOrder({ ...order, by, isDown: order.by === by ? !order.isDown : by !== "name" });
  const bytes = sorted.reduce((sum, { size }) => sum + size, 0);
  return (
    <section class="place" aria-label="Files">
      <PlaceHead title="Files" ui={ui}>
        <SendFiles model={model} />
      </PlaceHead>
      <div class="place-bar">
        <input
          type="search"
          class="field"
          placeholder="Name, person or room"
          aria-label="Find files by name, person or room"
          value={order.words}
          onInput={({ currentTarget: { value } }) => setOrder({ ...order, words: value })}
        />
        <span class="quiet place-count" role="status">
          {isBusy ? "Reading" : `${countText(sorted.length)}, ${sizeText(bytes)}`}
        </span>
      </div>
      <div class="place-body" tabIndex={0} role="region" aria-label="All files">
        {sorted.length > 0 && (
          <table class="files">
            <thead>
              <tr>
                {columns.map(({ by, title }) => (
                  <th
                    key={by}
                    scope="col"
                    class={`file-${by}`}
                    aria-sort={order.by !== by ? "none" : order.isDown ? "descending" : "ascending"}
                  >
                    <button type="button" class="link-button" onClick={() => sortBy(by)}>
                      {title}
                      {order.by === by && (
                        <span class={order.isDown ? "sorted down" : "sorted"}>
                          <Icon name="down" />
                        </span>
                      )}
                    </button>
                  </th>
                ))}
                <th scope="col" class="file-do">
                  <span class="hidden">What to do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, shown).map((file) => (
                <FileRow key={file.file} file={file} model={model} ui={ui} />
              ))}
            </tbody>
          </table>
        )}
        {!isBusy && sorted.length === 0 && (
          <p class="empty">
            {files.length === 0
              ? "No files are here yet. Drop some anywhere on this page to share them."
              : "No file fits these words."}
          </p>
        )}
        {sorted.length > shown && (
          <button
            type="button"
            class="button"
            onClick={() => setShown(shown + pageFiles)}
          >
            Show more
          </button>
        )}
      </div>
    </section>
  );
}

function FileRow({ file, model, ui }: PageProps & { readonly file: SharedFile }) {
  const name = fileName(file);
  const isOwn = model.me.value?.uid === file.uid;
  const canShow = kindOf(file) !== undefined && model.hasLinks.value;
  return (
    <tr>
      <td class="file-name">
        <div class="file-cell">
          {file.picture?.thumb === undefined || ui.broken.value.has(file.file)
            ? <FileBadge name={file.name} />
            : (
              <span class="file-badge" aria-hidden="true">
                <Picture file={file} instead={extensionOf(file.name)} model={model} ui={ui} />
              </span>
            )}
          {canShow
            ? (
              <button type="button" class="link-button" onClick={() => ui.preview.value = file}>
                {name}
              </button>
            )
            : <span>{name}</span>}
        </div>
      </td>
      <td class="file-size">{sizeText(file.size)}</td>
      <td class="file-user">
        {printableLine(file.user)} <span class="quiet">in {placeSign(file.room)}</span>
      </td>
      <td class="file-at" title={wholeTime(file.at)}>{shortTime(file.at, model.now.peek())}</td>
      <td class="file-do">
        {isOwn && <SureButton label={`Take back ${name}`} onSure={() => model.removeFile(file)} />}
        <IconButton
          name="download"
          label={`Download ${name}`}
          isQuiet
          onClick={() => model.download(file)}
        />
      </td>
    </tr>
  );
}

function countText(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
