/** Which files a browser may show in place, by what they are. A leaf. */

/** Nothing here can run a script: no HTML, no SVG, no XML. */
const shown: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg oga opus",
  "audio/wav": "wav",
  "audio/flac": "flac",
  "audio/aac": "aac",
  "audio/mp4": "m4a",
  "audio/webm": "weba",
  "video/mp4": "mp4 m4v",
  "video/webm": "webm",
  "video/ogg": "ogv",
  "video/quicktime": "mov",
  "application/pdf": "pdf",
  "text/plain": "txt text log md markdown csv tsv json jsonl yaml yml toml ini conf diff patch " +
    "c h cpp hpp cs go java kt py rb rs sh sql ts tsx jsx",
};

const byEnding: ReadonlyMap<string, string> = new Map(
  Object.entries(shown).flatMap(([type, endings]) =>
    endings.split(" ").map((ending) => [ending, type])
  ),
);

/**
 * The type as which a file may be shown in place, `undefined` where it may not. What its sender says
 * counts where it is one of these; else its name's ending does.
 */
export function shownType({ name, mime }: {
  readonly name: string;
  readonly mime: string;
}): string | undefined {
  const said = mime.split(";", 1)[0].toLowerCase();
  if (Object.hasOwn(shown, said)) return said;
  return byEnding.get(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}
