/** A picture as rows and lists show it. */

import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { SharedFile } from "../../lib/events.ts";
import type { PageProps } from "./ui.ts";

/** What is shown. */
export interface PictureProps extends PageProps {
  readonly file: SharedFile;
  /** As long as it cannot be had. */
  readonly instead?: ComponentChild;
}

/** Its thumbnail, or itself where it has none. What turns out to be no picture is no longer shown. */
export function Picture({ file, instead, model, ui }: PictureProps) {
  const status = model.status.value;
  // As it was when the picture couldn't be had: another connection may bring it.
  const [failed, setFailed] = useState<typeof status | undefined>(undefined);
  const isMissing = failed !== undefined && (failed === status || status.is !== "online");
  // Until the server knows this browser there is only room for it.
  if (!model.hasLinks.value || isMissing) return <>{instead}</>;
  return (
    <img
      src={model.linkTo(file, { thumb: true })}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => {
        setFailed(model.status.peek());
        // A thumbnail is one: the server has looked. It couldn't be had now, and that is all.
        if (file.picture?.thumb !== undefined || model.status.peek().is !== "online") return;
        ui.broken.value = new Set([...ui.broken.peek(), file.file]);
      }}
    />
  );
}
