/** What was shared: a file, or pictures that were sent at once. Loaded behind the row that it is in. */

import { sharedFile, type StoredEvent } from "../../lib/events.ts";
import type { Gallery } from "../list/galleries.ts";
import { FileCard, type FileStanding } from "./file_card.tsx";
import { GalleryGrid } from "./gallery.tsx";
import type { PageProps } from "./ui.ts";

/** What is drawn of it. */
export interface SharedProps extends PageProps {
  readonly event: Extract<StoredEvent, { readonly t: "shared" }>;
  readonly isOwn: boolean;
  readonly standing: FileStanding;
  readonly gallery: Gallery | undefined;
}

/** A card, or a grid. */
export function SharedBody({ event, isOwn, standing, gallery, model, ui }: SharedProps) {
  if (gallery) return <GalleryGrid files={gallery} model={model} ui={ui} />;
  const file = sharedFile(event);
  return <FileCard file={file} isOwn={isOwn} standing={standing} model={model} ui={ui} />;
}
