/** Pictures that were sent at once, side by side. */

import { sizeText } from "../../lib/client/amounts.ts";
import { printableLine } from "../../lib/printable.ts";
import { tilesLook } from "../list/boxes.ts";
import type { Gallery } from "../list/galleries.ts";
import { Picture } from "./picture.tsx";
import type { PageProps } from "./ui.ts";

/** A grid of squares: all are the same size, so that it is as high as it will be from the start. */
export function GalleryGrid({ files, model, ui }: PageProps & { readonly files: Gallery }) {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return (
    <div class="gallery">
      <ul class={tilesLook(files.length)}>
        {files.map((file, index) => (
          <li key={file.file} class="tile">
            <button
              type="button"
              aria-label={`Look at ${printableLine(file.name)}, ${index + 1} of ${files.length}`}
              title={printableLine(file.name)}
              onClick={() => ui.preview.value = file}
            >
              <Picture file={file} model={model} ui={ui} />
            </button>
          </li>
        ))}
      </ul>
      <span class="quiet">{files.length} pictures, {sizeText(bytes)}</span>
    </div>
  );
}
