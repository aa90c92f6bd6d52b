/** Pictures and films over the page, one after the other: looked at whole, near, and from side to side. */

import { useEffect, useRef, useState } from "preact/hooks";
import { sizeText } from "../../lib/client/amounts.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import { kindOf } from "../text/kinds.ts";
import { Icon, IconButton } from "./icons.tsx";
import { Stage, type StageDoes } from "./stage.tsx";
import { SureButton } from "./sure_button.tsx";
import type { PageProps } from "./ui.ts";
import { useReturn } from "./use_return.ts";
import { seriesOf } from "./viewer_series.ts";

/** How far a press of up or down moves a picture that is larger than fits. */
const panPx = 80;

/** The file that was opened, and with keys, buttons and fingers those beside it. */
export function Viewer({ file, model, ui }: PageProps & { readonly file: SharedFile }) {
  const box = useRef<HTMLDialogElement>(null);
  const does = useRef<StageDoes>(null);
  const [isNear, setNear] = useState(false);
  const { files, older } = seriesOf(file, model);
  const at = files.findIndex((each) => each.file === file.file);
  const shown = useRef(at);
  const close = () => ui.preview.value = undefined;
  const show = (next: SharedFile | undefined) => {
    if (next) ui.preview.value = next;
  };
  const go = (by: number) => {
    const next = files[at + by];
    if (next) show(next);
    else if (by < 0 && older) void beforeFirst(file, model).then(show);
  };
  useReturn(box);
  useEffect(() => setNear(false), [file.file]);
  useEffect(() => {
    // It was taken back while it was looked at: the next one, or none.
    if (at >= 0) shown.current = at;
    else if (files.length === 0) close();
    else show(files[Math.min(shown.current, files.length - 1)]);
  }, [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A film's own keys are its own.
    if (event.target instanceof HTMLMediaElement) return;
    const act = actOf(event.key, {
      ...{ does: does.current, isNear, go },
      first: () => show(files[0]),
      last: () => show(files.at(-1)),
      save: () => model.download(file),
    });
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const name = printableLine(file.name);
  const isImage = kindOf(file) === "image";
  return (
    <dialog
      ref={box}
      class="preview viewer"
      aria-label={name}
      onClose={close}
      onKeyDown={onKeyDown}
    >
      <header class="preview-head">
        <span class="file-words">
          <span class="file-name">{name}</span>
          <span class="quiet" role="status">
            {files.length > 1 && `${at + 1} of ${files.length} · `}
            {sizeText(file.size)} from {printableLine(file.user)}
          </span>
        </span>
        {isImage && (
          <>
            <IconButton
              name="zoom_out"
              label="Smaller"
              keys="-"
              isQuiet
              onClick={() => does.current?.zoom("out")}
            />
            <IconButton
              name="zoom_in"
              label="Larger"
              keys="+"
              isQuiet
              onClick={() => does.current?.zoom("in")}
            />
          </>
        )}
        <IconButton
          name="download"
          label={`Download ${name}`}
          keys="D"
          isQuiet
          onClick={() => model.download(file)}
        />
        {model.me.value?.uid === file.uid && (
          <SureButton
            label={`Take back ${name}`}
            onSure={() => model.removeFile(file)}
          />
        )}
        <IconButton name="close" label="Close" isQuiet keys="Esc" onClick={close} />
      </header>
      <div class="preview-body">
        {isImage
          ? (
            <Stage
              key={file.file}
              file={file}
              model={model}
              ui={ui}
              does={does}
              onNear={setNear}
              onSwipe={(way) => way === "close" ? close() : go(way === "next" ? 1 : -1)}
            />
          )
          : <video key={file.file} src={model.linkTo(file, { inline: true })} controls autoplay />}
        <Beside way="previous" isThere={at > 0 || older} onClick={() => go(-1)} />
        <Beside way="next" isThere={at < files.length - 1} onClick={() => go(1)} />
      </div>
    </dialog>
  );
}

/** What keys do. */
interface KeysDo {
  readonly does: StageDoes | null;
  /** Whether the picture is larger than fits. */
  readonly isNear: boolean;
  go(by: number): void;
  first(): void;
  last(): void;
  save(): void;
}

function actOf(key: string, keys: KeysDo): (() => void) | undefined {
  const { does, isNear } = keys;
  switch (key) {
    case "ArrowLeft":
      return () => keys.go(-1);
    case "ArrowRight":
      return () => keys.go(1);
    case "Home":
      return () => keys.first();
    case "End":
      return () => keys.last();
    case "ArrowUp":
    case "ArrowDown":
      return isNear ? () => does?.pan(key === "ArrowUp" ? panPx : -panPx) : undefined;
    case "+":
    case "=":
      return () => does?.zoom("in");
    case "-":
      return () => does?.zoom("out");
    case "0":
      return () => does?.zoom("whole");
    case "d":
    case "D":
      return () => keys.save();
    default:
      return undefined;
  }
}

function Beside({ way, isThere, onClick }: {
  readonly way: "previous" | "next";
  readonly isThere: boolean;
  readonly onClick: () => void;
}) {
  const [label, key] = way === "previous" ? ["The one before", "←"] : ["The next one", "→"];
  return (
    <button
      type="button"
      class={`viewer-beside ${way}`}
      aria-label={label}
      title={`${label} (${key})`}
      // One that can't be focused any more would lose the focus that is on it.
      aria-disabled={!isThere}
      onClick={() => isThere && onClick()}
    >
      <Icon name={way} />
    </button>
  );
}

/** Pages of older messages that are read at once while no picture comes. */
const olderMax = 20;

/** The picture before the first one that is known, read from the server. */
async function beforeFirst(file: SharedFile, model: Model): Promise<SharedFile | undefined> {
  for (let page = 0; page < olderMax; page++) {
    const { files, older } = seriesOf(file, model);
    const at = files.findIndex((each) => each.file === file.file);
    if (at > 0) return files[at - 1];
    if (!older) return undefined;
    const count = model.here.peek()?.messages.length;
    await model.older();
    if (model.here.peek()?.messages.length === count) return undefined;
  }
  return undefined;
}
