/** A file over the page: a sound, a document, a text. */

import { useEffect, useRef, useState } from "preact/hooks";
import { sizeText } from "../../lib/client/amounts.ts";
import type { SharedFile } from "../../lib/events.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import { kindOf } from "../text/kinds.ts";
import { IconButton } from "./icons.tsx";
import { useReturn } from "./use_return.ts";
import type { PageProps } from "./ui.ts";

/** Of a text only its beginning is read: the whole may be as large as files are. */
const textBytesMax = 256 * 1024;

/** The file that was opened. */
export function Preview({ file, model, ui }: PageProps & { readonly file: SharedFile }) {
  const box = useRef<HTMLDialogElement>(null);
  useReturn(box);
  const close = () => ui.preview.value = undefined;
  const name = printableLine(file.name);
  return (
    <dialog
      ref={box}
      class="preview"
      aria-label={name}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <header class="preview-head">
        <span class="file-words">
          <span class="file-name">{name}</span>
          <span class="quiet">{sizeText(file.size)} from {printableLine(file.user)}</span>
        </span>
        <IconButton
          name="download"
          label="Download"
          isQuiet
          onClick={() => model.download(file)}
        />
        <IconButton name="close" label="Close" isQuiet keys="Esc" onClick={close} />
      </header>
      <div class="preview-body">
        <Content file={file} src={model.linkTo(file, { inline: true })} />
      </div>
    </dialog>
  );
}

function Content({ file, src }: { readonly file: SharedFile; readonly src: string }) {
  const name = printableLine(file.name);
  switch (kindOf(file)) {
    case "audio":
      return <audio src={src} controls autoplay />;
    case "pdf":
      return <iframe src={src} title={name} />;
    case "text":
      return <Text src={src} size={file.size} />;
    default:
      return <p class="empty">This file can only be downloaded.</p>;
  }
}

function Text({ src, size }: { readonly src: string; readonly size: number }) {
  const [text, setText] = useState<string | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    readStart(src, stop.signal).then(setText, () => {
      if (!stop.signal.aborted) setFailed(true);
    });
    return () => stop.abort();
  }, [src]);
  if (failed) {
    return <p class="empty">The file can't be read now: download it, or try again later.</p>;
  }
  return (
    <div class="preview-text" tabIndex={0} role="region" aria-label="Text">
      <pre>{text === undefined ? "Reading" : printable(text)}</pre>
      {size > textBytesMax && (
        <p class="quiet">This is its beginning: download the file to read all of it.</p>
      )}
    </div>
  );
}

async function readStart(src: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(src, {
    signal,
    headers: { range: `bytes=0-${textBytesMax - 1}` },
  });
  // An empty file has no first byte to ask for.
  if (answer.status === 416) return "";
  if (!answer.ok) throw new TypeError(`The server answered ${answer.status}`);
  return new TextDecoder().decode(await answer.arrayBuffer());
}
