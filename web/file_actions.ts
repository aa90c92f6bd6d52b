/** What views do with files. */

import { signal } from "@preact/signals";
import type { Place } from "../lib/events.ts";
import type { Browser } from "./browser.ts";
import type { Behind } from "./behind.ts";
import type { Chosen } from "./file_source.ts";
import type { Filing } from "./filing.ts";
import type { Links } from "./links.ts";
import type { Dropped, Model } from "./model.ts";
import type { Notices } from "./notices.ts";
import type { Talking } from "./talking.ts";

/** What views are given to move files. */
export type FileModel = Pick<
  Model,
  | "pick"
  | "take"
  | "upload"
  | "dropped"
  | "sendDropped"
  | "cancel"
  | "resume"
  | "forget"
  | "download"
  | "linkTo"
  | "removeFile"
  | "accept"
  | "decline"
>;

/** What moving files needs. */
export interface FileParts {
  readonly talking: Talking;
  readonly filing: Filing;
  readonly links: Links;
  readonly browser: Browser;
  readonly notices: Notices;
  /** What is loaded behind the first drawing, once it is there. */
  loaded(): Pick<Behind, "filesIn" | "filesOf"> | undefined;
  /** Whether a conversation is in front. */
  isChat(): boolean;
}

/** Moves files. They go to the conversation that is in front when they are chosen. */
export function fileActions(parts: FileParts): FileModel {
  const { talking, filing, links, browser, notices } = parts;
  const dropped = signal<Dropped | undefined>(undefined);
  let homeless: readonly Chosen[] = [];
  const { chat } = talking;
  const attempt = (work: () => unknown): void => void notices.attempt(work);
  const download: Model["download"] = (file) => browser.save(links.to(file), file.name);

  /** Whoever can choose some has what is loaded. */
  const named = (files: Iterable<File>) => parts.loaded()?.filesOf(files) ?? [];

  async function send(files: readonly Chosen[], to: Place): Promise<void> {
    if (files.length > 0) (await filing.uploading()).send(files, to);
  }

  return {
    pick: (from) =>
      attempt(async () => {
        const to = talking.required;
        const files = await browser.choose({ several: true, ...from && { from } });
        await send(named(files), to);
      }),
    take(data) {
      const files = parts.loaded()?.filesIn(data);
      attempt(async () => {
        const to = talking.required;
        if (files && parts.isChat()) return await send(await files, to);
        // Which one is meant isn't to be seen: it is asked.
        homeless = await files ?? [];
        const [first] = homeless;
        if (first) dropped.value = { name: first.file.name, count: homeless.length };
      });
      return files !== undefined;
    },
    dropped,
    sendDropped(key) {
      const files = homeless;
      homeless = [];
      dropped.value = undefined;
      const to = key === undefined ? undefined : chat.state.conversations.get(key);
      if (to) attempt(() => send(files, to));
    },
    upload: (files) => attempt(() => send(named(files), talking.required)),
    cancel: ({ number }) => attempt(async () => (await filing.uploading()).cancel(number)),
    resume: ({ id }) =>
      attempt(async () => {
        const uploading = await filing.uploading();
        await uploading.resume(id, () => browser.choose({ several: false }));
      }),
    forget: ({ id }) => attempt(async () => (await filing.uploading()).forget(id)),
    download,
    linkTo: (file, options) => links.to(file, options),
    removeFile: ({ file }) => attempt(() => chat.send("remove", { file })),
    accept(file) {
      filing.answered(file.file);
      download(file);
    },
    decline: ({ file }) =>
      attempt(async () => {
        await chat.send("decline", { file });
        filing.answered(file);
      }),
  };
}
