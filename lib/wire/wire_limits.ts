/**
 * The bounds that both ends of a connection keep, each with its unit and its reason. A leaf, and by
 * itself: the page comes up with these, and without all that are only a server's.
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** Part of `limits`, which has all of them. */
export const wireLimits = {
  /** A message's UTF-8 bytes: some pages of text, and 16 of them fit one page of history. */
  textBytesMax: 16 * KiB,
  /** A topic, in characters: what IRC servers settled on. */
  topicCharsMax: 390,
  /** A line to the server with its end: the longest text, escaped, fits. */
  lineBytesInMax: 64 * KiB,
  /** A line from the server: a page of history. */
  lineBytesOutMax: MiB,
  /** A frame's body. */
  bodyBytesMax: MiB,
  /** A part's bytes in base64: with the rest of the line they fit a line to the server. */
  dataBytesMax: 45_000,
  /** Bytes that a sender may have on their way, beyond what the server has stored. */
  aheadBytesMax: 4 * MiB,
  /** A thumbnail's bytes: a photo of that size fits, and in base64 half a line to the server. */
  thumbBytesMax: 24 * KiB,
  /** A file's name in UTF-8: what file systems take. */
  fileNameBytesMax: 255,
  /** The folders above a shared file, as characters of their path. */
  folderCharsMax: 1000,
  /** Characters of `id`, `cid`, uids and other opaque ids. */
  idCharsMax: 64,
  /** Logins of one user; beyond it the one ends that was used longest ago. */
  loginsMax: 100,
  /** What `agent` and the texts of `away` may hold, in characters. */
  noteCharsMax: 200,
  /** One emoji with all its joiners. */
  emojiBytesMax: 32,
  /** Entries of a history page, and of any other list. */
  pageMax: 200,
  /** Unread messages are counted up to here: beyond it people see "many". */
  unreadMax: 1000,
  /** Commands of one connection that wait for their answer; then it isn't read. */
  answersWaitingMax: 1000,
  /** Characters of a room's key, and of what it is compared with. */
  keyCharsMax: 200,
} as const;
