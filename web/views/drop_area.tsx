/** Files that are dragged over the page, wherever it is. */

import { useEffect, useState } from "preact/hooks";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Dropped, Model } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { Icon } from "./icons.tsx";
import { Sheet, SheetLine } from "./sheet.tsx";

/** Says where files go while they are dragged, and takes them. */
export function DropArea({ model }: { readonly model: Model }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Going from one element to another enters the next before it leaves the last.
    let depth = 0;
    const set = (next: number) => {
      depth = Math.max(0, next);
      setOver(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => hasFiles(event) && set(depth + 1),
      dragleave: (event: DragEvent) => hasFiles(event) && set(depth - 1),
      dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        set(0);
        if (!hasFiles(event) || !event.dataTransfer) return;
        // Else the browser would go to the file, and away from the page.
        event.preventDefault();
        model.take(event.dataTransfer);
      },
    } as const;
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener("dragenter", listeners.dragenter, { signal });
    addEventListener("dragleave", listeners.dragleave, { signal });
    addEventListener("dragover", listeners.dragover, { signal });
    addEventListener("drop", listeners.drop, { signal });
    return () => stop.abort();
  }, []);
  const room = model.here.value?.room;
  const dropped = model.dropped.value;
  if (dropped) return <DropChoice dropped={dropped} model={model} />;
  if (!isOver || room === undefined) return null;
  return (
    <div class="drop-area">
      <p>
        <Icon name="attach" />
        {model.route.value.is === "chat" ? `Send to ${placeSign(room)}` : "Send to…"}
      </p>
    </div>
  );
}

/** From so many conversations on there is a field to look for one. */
const findMin = 10;

/** Where files go that were dropped where no conversation is in front. */
function DropChoice({ model, dropped }: {
  readonly model: Model;
  readonly dropped: Dropped;
}) {
  const [word, setWord] = useState("");
  const name = printableLine(dropped.name);
  const what = dropped.count === 1 ? `“${name}”` : `${dropped.count} files`;
  const rows = model.rows.value;
  const wanted = nameKey(word.trim());
  const found = rows.filter(({ room }) => nameKey(room).includes(wanted));
  return (
    <Sheet
      label={`Where ${what} goes`}
      place="middle"
      onClose={() => model.sendDropped(undefined)}
    >
      <p class="sheet-about">Send {what} to</p>
      {rows.length >= findMin && (
        <input
          type="search"
          class="field"
          placeholder="Find a room or a person"
          aria-label="Find a room or a person"
          value={word}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
      )}
      <div class="drop-choice">
        {found.slice(0, 100).map(({ key, room, with: other }) => (
          <SheetLine
            key={key}
            icon={other === undefined ? "hash" : "people"}
            label={printableLine(room)}
            onClick={() => model.sendDropped(key)}
          />
        ))}
        {found.length === 0 && <p class="quiet">Nothing is called so</p>}
      </div>
      <button
        type="button"
        class="button sheet-done"
        onClick={() => model.sendDropped(undefined)}
      >
        Don't send
      </button>
    </Sheet>
  );
}

/** Chooses files and says where they go, where that isn't to be seen. */
export function SendFiles({ model }: { readonly model: Model }) {
  const room = model.here.value?.room;
  return (
    <button type="button" class="button primary send-files" onClick={() => model.pick()}>
      Send files{room === undefined ? "" : ` to ${placeSign(room)}`}
    </button>
  );
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
