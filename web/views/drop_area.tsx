/** Files that are dragged over the page, wherever it is. */

import { useEffect, useState } from "preact/hooks";
import type { Model } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { Icon } from "./icons.tsx";

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
  if (!isOver || room === undefined) return null;
  return (
    <div class="drop-area">
      <p>
        <Icon name="attach" />
        Send to {placeSign(room)}
      </p>
    </div>
  );
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
