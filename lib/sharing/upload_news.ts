/** What other nodes do with transfers, as far as it changes what this one knows of them. */

import type { LogEvent } from "../events.ts";
import type { TransferRecord } from "../file_store.ts";
import type { TransferId } from "../names.ts";
import type { News } from "../nodes.ts";
import type { Quota } from "./quota.ts";
import { ownerOf, type Upload } from "./upload.ts";

/** What a node knows, and how it is changed. */
export interface KnownUploads {
  readonly live: ReadonlyMap<TransferId, Upload>;
  readonly quota: Quota;
  /** There is one more, on disk when `kept` resolves. */
  add(record: TransferRecord, kept: Promise<void>): Upload;
  /** One has become a file: its bytes stay counted. */
  leave(upload: Upload): void;
  /** One has ended without a file. */
  forget(upload: Upload): void;
}

/** Another node has kept something. May be known already. */
export function learnUploads(news: News, known: KnownUploads): void {
  const { live, quota } = known;
  switch (news.is) {
    case "transfer": {
      const { record } = news;
      const upload = live.get(record.transfer);
      if (upload) {
        upload.record = { ...upload.record, at: record.at };
        return;
      }
      quota.add(ownerOf(record), record.size);
      known.add(record, Promise.resolve()).isKept = true;
      return;
    }
    case "finishing": {
      const upload = live.get(news.transfer);
      if (!upload) return;
      upload.record = { ...upload.record, state: { is: "finishing", file: news.file } };
      return;
    }
    case "transfer dropped": {
      const upload = live.get(news.transfer);
      if (upload) known.forget(upload);
      return;
    }
    case "appended":
      for (const event of news.append.events) learnEvent(event, known);
      return;
    default:
      return;
  }
}

function learnEvent(event: LogEvent, { live, quota, leave }: KnownUploads): void {
  if (event.t === "removed" || event.t === "declined") quota.isStale = true;
  if (event.t !== "shared") return;
  const { file } = event.file;
  for (const upload of live.values()) {
    const { state } = upload.record;
    if (state.is === "finishing" && state.file.file === file) return leave(upload);
  }
  // Put there by hand, or told again.
  quota.isStale = true;
}
