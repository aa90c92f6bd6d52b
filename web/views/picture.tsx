/** A picture as rows and lists show it. */

import type { SharedFile } from "../../lib/events.ts";
import type { PageProps } from "./ui.ts";

/** Its thumbnail, or itself where it has none. What turns out to be no picture is no longer shown. */
export function Picture({ file, model, ui }: PageProps & { readonly file: SharedFile }) {
  // Until the server knows this browser there is only room for it.
  if (!model.hasLinks.value) return null;
  return (
    <img
      src={model.linkTo(file, { thumb: true })}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => {
        // A thumbnail is one: the server has looked. It couldn't be had now, and that is all.
        if (file.picture?.thumb !== undefined || model.status.peek().is !== "online") return;
        ui.broken.value = new Set([...ui.broken.peek(), file.file]);
      }}
    />
  );
}
