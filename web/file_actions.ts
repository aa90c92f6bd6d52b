/** What views do with files. */

import type { Browser } from "./browser.ts";
import { filesIn, filesOf } from "./dropped.ts";
import type { Filing } from "./filing.ts";
import type { Links } from "./links.ts";
import type { Model } from "./model.ts";
import type { Notices } from "./notices.ts";
import type { Talking } from "./talking.ts";

/** What views are given to move files. */
export type FileModel = Pick<
  Model,
  | "pick"
  | "take"
  | "upload"
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
}

/** Moves files. They go to the conversation that is in front when they are chosen. */
export function fileActions({ talking, filing, links, browser, notices }: FileParts): FileModel {
  const { chat } = talking;
  const attempt = (work: () => unknown): void => void notices.attempt(work);
  const download: Model["download"] = (file) => browser.save(links.to(file), file.name);

  return {
    pick: () =>
      attempt(async () => {
        const to = talking.required;
        await filing.send(filesOf(await browser.choose({ several: true })), to);
      }),
    take(data) {
      const files = filesIn(data);
      attempt(async () => {
        const to = talking.required;
        if (files) await filing.send(await files, to);
      });
      return files !== undefined;
    },
    upload: (files) => attempt(() => filing.send(filesOf(files), talking.required)),
    cancel: ({ number }) => attempt(() => filing.cancel(number)),
    resume: ({ id }) => attempt(() => filing.resume(id, () => browser.choose({ several: false }))),
    forget: ({ id }) => attempt(() => filing.forget(id)),
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
