/** As much room as what was shared will take, until what draws it is loaded. */

import { boxOf, tilesLook } from "../list/boxes.ts";
import { laterView } from "./later.tsx";
import type { SharedProps } from "./shared_body.tsx";

/** What was shared. */
export const Shared = laterView((loaded) => loaded.SharedBody, Room);

function Room({ event: { file }, gallery, standing }: SharedProps) {
  if (gallery) {
    return (
      <div class="gallery">
        <ul class={tilesLook(gallery.length)}>
          {gallery.map((each) => <li key={each.file} class="tile" />)}
        </ul>
      </div>
    );
  }
  const { width, height } = boxOf(file);
  const isSeen = file.picture !== undefined && standing !== "removed" && standing !== "declined";
  return (
    <div class="file-card" {...isSeen && { style: { width: `${width + 2}px` } }}>
      {isSeen && <div class="file-picture" style={{ aspectRatio: `${width} / ${height}` }} />}
      <div class="file-line" />
    </div>
  );
}
