/** A file that was shared: what it is, how it looks, what one can do with it. */

import { sizeText } from "../../lib/client/amounts.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import { boxOf } from "../list/boxes.ts";
import { kindOf } from "../text/kinds.ts";
import { FileBadge } from "./file_badge.tsx";
import { IconButton } from "./icons.tsx";
import { moderatesHere } from "./person_sheet.tsx";
import { Picture } from "./picture.tsx";
import { SureButton } from "./sure_button.tsx";
import type { PageProps } from "./ui.ts";

/** What has become of a file. */
export type FileStanding = "here" | "removed" | "declined" | "taken";

/** A file with its name, its size and its buttons, and itself where it can be shown. */
export function FileCard({ model, ui, file, isOwn, standing }: PageProps & {
  readonly file: SharedFile;
  readonly isOwn: boolean;
  readonly standing: FileStanding;
}) {
  const isGone = standing === "removed" || standing === "declined";
  const isAsked = model.asked.value.some((each) => each.file === file.file);
  const kind = kindOf(file);
  // What only is called a picture is just a file.
  const isBroken = ui.broken.value.has(file.file);
  const isShown = !isGone && !isAsked && !isBroken && kind !== undefined;
  const isSeen = isShown && (kind === "image" || kind === "video");
  const name = printableLine(file.folder === undefined ? file.name : `${file.folder}/${file.name}`);
  return (
    <div
      class={isGone ? "file-card gone" : "file-card"}
      {
        // As wide as what is seen of it, with the lines at both sides.
        ...isSeen && { style: { width: `${boxOf(file).width + 2}px` } }
      }
    >
      {isShown && <InPlace file={file} model={model} ui={ui} />}
      <div class="file-line">
        {!isSeen && <FileBadge name={file.name} />}
        <div class="file-words">
          <span class="file-name" title={name}>{name}</span>
          <span class="quiet">{sizeText(file.size)}{afterText(standing)}</span>
        </div>
        {isShown && model.hasLinks.value && (kind === "pdf" || kind === "text") && (
          <button
            type="button"
            class="button"
            onClick={() => ui.preview.value = file}
          >
            Open
          </button>
        )}
        {isAsked && (
          <>
            <button type="button" class="button primary" onClick={() => model.accept(file)}>
              Accept
            </button>
            <button type="button" class="button" onClick={() => model.decline(file)}>
              Decline
            </button>
          </>
        )}
        {!isGone && !isAsked && (
          <IconButton
            name="download"
            label={`Download ${name}`}
            onClick={() => model.download(file)}
          />
        )}
        {!isGone && (isOwn || moderatesHere(model, file)) && (
          <SureButton
            label={`Take back ${name}`}
            onSure={() => model.removeFile(file)}
          />
        )}
      </div>
    </div>
  );
}

/** Pictures, films and sounds between the messages. Their boxes are there before them: nothing jumps. */
function InPlace({ file, model, ui }: PageProps & { readonly file: SharedFile }) {
  const src = model.hasLinks.value ? model.linkTo(file, { inline: true }) : undefined;
  const { width, height } = boxOf(file);
  const style = { aspectRatio: `${width} / ${height}` };
  switch (kindOf(file)) {
    case "image":
      return (
        <button
          type="button"
          class="file-picture"
          style={style}
          aria-label={`Look at ${printableLine(file.name)}`}
          onClick={() => ui.preview.value = file}
        >
          <Picture file={file} model={model} ui={ui} />
        </button>
      );
    case "video":
      return (
        <video
          class="file-film"
          style={style}
          src={src}
          controls
          playsInline
          {...file.picture?.thumb === undefined
            ? { preload: "metadata" }
            : { preload: "none", poster: model.linkTo(file, { thumb: true }) }}
        />
      );
    case "audio":
      return <audio class="file-sound" src={src} controls preload="none" />;
    default:
      return null;
  }
}

function afterText(standing: FileStanding): string {
  switch (standing) {
    case "here":
      return "";
    case "removed":
      return " · taken back";
    case "declined":
      return " · declined";
    case "taken":
      return " · taken";
    default:
      return standing satisfies never;
  }
}
