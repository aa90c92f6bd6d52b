/** Every bound, with its unit and its reason. A leaf. */

import { wireLimits } from "./wire/wire_limits.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Bounds that are part of the protocol or of how the server works; nobody needs to set them. */
export const limits = {
  ...wireLimits,
  /** What lists are cut at, so that with `re` and the rest of the answer they fit a line. */
  listBytesMax: MiB - 16 * KiB,
  /** A part as our programs send it: large enough to be fast, small enough to wait behind. */
  partBytesUsual: 256 * KiB,
  /** A sender hears of what is stored at least after this much. */
  storedEveryBytes: MiB,
  /** What our clients fetch of a file before they ask for more: as much may have to come twice. */
  fetchBytesUsual: 3 * MiB,
  /**
   * What a file has got is put on the disk each time it is so much: gigabytes at its end would hold
   * up every commit beside it for seconds.
   */
  syncEveryBytes: 8 * MiB,
  /** Fetches under way at once for one connection. */
  fetchesAtOnceMax: 4,
  /** A side of a picture in pixels, as its sender says: what formats of pictures can say. */
  pictureSideMax: 65_535,
  /** A side of a thumbnail in pixels: sharp where rows show it, quick to draw a screenful of. */
  thumbSideMax: 512,
  /** A place among those that send is given up after this time without its connection. */
  placeLostMs: 10 * second,
  /** A place among those that send is given up after this time without a byte. */
  placeSilentMs: 30 * second,
  /** How long somebody may send too slowly while others wait. */
  placeSlowMs: minute,
  /** Less than this in a second is too slow while others wait. */
  placeBytesPerSecondMin: 64 * KiB,
  /** Transfers that one user may have unfinished: each holds a file and reserves its bytes. */
  unfinishedMax: 1000,
  /** The same for all guests together, who may have as many names as they like. */
  guestsUnfinishedMax: 10_000,
  /** Files that guests offer from one address: a classroom's folders, then one in two seconds. */
  offeredByAddress: { most: 2000, forgivenMs: 2 * second },
  /** Characters of a password in NFKC: fewer are guessed, more are an attack on scrypt. */
  passwordCharsMin: 8,
  passwordCharsMax: 1000,
  /** The same as it was typed, in UTF-16 units: some keyboards send several for one. */
  passwordTextMax: 4000,
  /** Logins of which is known that they have just ended: as many take longer than any `hello`. */
  loginsEndedMax: 10_000,
  /** Passwords that wait to be verified or made: two classrooms, in twenty seconds. */
  passwordsWaitingMax: 60,
  /** Wrong passwords for one name from one address: who has forgotten theirs tries some. */
  wrongPasswordsByName: { most: 5, forgivenMs: 2 * minute },
  /**
   * Wrong passwords from one address for whichever names: a classroom is one address, and each there
   * may mistype theirs once.
   */
  wrongPasswordsByAddress: { most: 30, forgivenMs: 6 * second },
  /** Beyond that an answer takes so long, whatever it is: a password takes less to verify. */
  wrongPasswordMs: second,
  /** Names made somebody's own from one address: some classrooms, then one each half a minute. */
  registeredByAddress: { most: 120, forgivenMs: 30 * second },
  /** Accounts altogether: the names of all are in memory, and a hundred thousand are some 50 MB. */
  accountsMax: 100_000,
  /** Keys of which is known what they did too often; beyond it the longest ago is forgiven. */
  throttledMax: 10_000,
  /** Kinds of reaction on one message: more is a wall, not a sign. */
  reactionKindsMax: 50,
  /** Reactions on one message by all users: the list of their names has to fit a line. */
  reactionsMax: 5000,
  /** Text of a page of history or search: a page that many ask for at once is soon forgotten. */
  textPageBytes: 64 * KiB,
  /** Private conversations listed in `hello` and `rooms`, the latest ones. */
  pairsListedMax: 200,
  /** Entries where no limit was said. */
  pageUsual: 50,
  /** Searches under way at once for one connection. */
  searchesAtOnceMax: 2,
  /** Searches handed to the storage at once: it does one, and the next is there when it is done. */
  searchesRunningMax: 2,
  /** Searches that wait for that; a second's worth of slow ones. */
  searchesWaitingMax: 1000,
  /** Keys of rooms that are worked out at once: each has a processor for some milliseconds. */
  keysRunningMax: 1,
  /** Those that wait for that; some seconds' worth. */
  keysWaitingMax: 1000,
  /** `register`, and `password`, under way at once for one connection, which is read meanwhile. */
  passwordsAtOnceMax: 2,
  /** `finish` under way at once for one connection; each may have to read its whole file again. */
  finishesAtOnceMax: 16,
  /** Lines in a row that aren't JSON objects before the connection ends. */
  badLinesMax: 10,
  /** Time for `hello`. */
  helloMs: 10 * second,
  /** Silence after which a connection is `idle`; clients say something each 45 s. */
  idleMs: 100 * second,
  /** Queued for one peer before it is no longer read. */
  outboxBytesSoft: 256 * KiB,
  /** Queued for one peer before it is dropped as `too_slow`. */
  outboxBytesMax: 4 * MiB,
  /** Time without the peer taking a byte before it is dropped as `too_slow`. */
  outboxStallMs: 30 * second,
  /** Comings and goings are gathered this long, so that a crowd is one line. */
  presenceGatherMs: 100,
  /** Whoever was on a node that is gone isn't said to be gone where they are on another one in time. */
  movingMs: second,
  /** Users online up to which everybody hears of comings and goings. */
  presenceAllMax: 500,
  /** A guest's name and memberships outlive their last connection by this. */
  guestGraceMs: 10 * minute,
  /** A token is good for this long after its last use. */
  tokenMs: 30 * day,
  /** Rooms that one user may make in an hour. */
  roomsMadePerHour: 20,
  /** Rooms made from one address, as guests may have many names: a classroom's, then 200 an hour. */
  roomsMadeByAddress: { most: 200, forgivenMs: 18 * second },
  /** Private conversations kept in memory; others are read again when they are used. */
  pairsInMemoryMax: 10_000,
  /** Who has a role in one room, who is muted there, who is banned from it: as many of each. */
  roomRulesMax: 1000,
  /** How long a mute or ban may last that isn't for good: ten years. */
  sanctionSecondsMax: 10 * 365 * 24 * 60 * 60,
  /** What `slow` may ask for: six hours between two messages. */
  slowSecondsMax: 6 * 60 * 60,
  /** Users and addresses banned from the whole server: all are in memory. */
  bansMax: 10_000,
  /** Entries of the trail of what moderators did; the oldest go first. */
  auditMax: 100_000,
  /** Invitations of one user that are good: who runs a course makes one for each group. */
  invitesPerUserMax: 50,
  /** Invitations that are good: each wrong code is compared with all of them. */
  invitesMax: 1000,
  /** How long an invitation is good where nothing is said: a week. */
  inviteSecondsUsual: 7 * 24 * 60 * 60,
  /** How long it may be: a year. */
  inviteSecondsMax: 365 * 24 * 60 * 60,
  /** What a wrong code takes from its address's bucket: after two, one is answered a second. */
  inviteGuessCost: 10,
  /** Flood: what may come at once, in units of cost. */
  floodBurst: 20,
  /** Flood: what may come in a second, in units of cost. */
  floodPerSecond: 10,
  /** Requests over HTTP of one user, or address, that wait because of that; others are refused. */
  visitsWaitingMax: 20,
  /** Time that a stopping server gives its peers to take what is queued for them. */
  drainMs: 2 * second,
  /**
   * The same where a login was revoked or its user banned, for what is queued and then for the
   * peer's end: everything has ended within a second.
   */
  putOutMs: 300,
  /**
   * Whoever came to another node with a login that has ended may stay this long: why it has ended is
   * told beside what was kept, and may be lost.
   */
  loginEndedMs: 300,
  /** Fragments of one WebSocket message: each is an object; our own ends send at most 17. */
  webFragmentsMax: 256,
  /** Pieces that the network may cut one WebSocket frame into: 1 MiB in packets of slow links. */
  webPiecesMax: 4096,
  /** Requests of one connection that aren't answered; then it is cut. */
  webRequestsWaitingMax: 32,
  /** Silence on the web port after which a connection that carries requests is cut. */
  webSilentMs: minute,
  /** How long a request's body may come too slowly. */
  webSlowMs: minute,
  /** Less than this in a second is too slow: the worst of lines that people use have ten times it. */
  webBytesPerSecondMin: KiB,
  /** How long an upload over HTTP waits for its turn before it is told to come again. */
  webQueuedMs: 30 * second,
  /** When it is to come again: before its place is given up. */
  webRetryMs: 3 * second,
  /** Time for the headers of a request. */
  webHeadersMs: 15 * second,
  /** Time for a peer to close its side after we have said our last; then we close both. */
  lingerMs: second,
} as const;

/** Bounds that whoever runs a server may set. */
export interface Bounds {
  /** Characters of a user's name. */
  readonly nameCharsMax: number;
  /** Characters of a room's name. */
  readonly roomNameCharsMax: number;
  /** Whether names are letters and digits only. */
  readonly plainNames: boolean;
  /** Members of a room other than the lobby. */
  readonly roomMembersMax: number;
  /** Rooms with somebody in them. */
  readonly roomsMax: number;
  /** Rooms that one user is in at once. */
  readonly roomsJoinedMax: number;
  /** Connections altogether. */
  readonly connectionsMax: number;
  /** Connections from one address: a classroom is one address. 0: no bound. */
  readonly connectionsPerAddressMax: number;
  /** Whether commands are rate-limited. */
  readonly flood: boolean;
  /** Days that history is kept; 0: for ever. */
  readonly historyDays: number;
  /** Bytes of one file. */
  readonly fileBytesMax: number;
  /** Endings of file names that are taken, like `.pdf`; empty: all. */
  readonly fileTypes: readonly string[];
  /** Bytes of files that one account may keep. */
  readonly accountQuotaBytes: number;
  /** Bytes of files that all guests together may keep. */
  readonly guestQuotaBytes: number;
  /** Bytes of the disk that stay free. */
  readonly diskFreeBytes: number;
  /** Uploads at once; the rest queue. */
  readonly uploadsMax: number;
  /** Hours that an unfinished upload is kept. */
  readonly unfinishedHours: number;
}

/** The bounds where nothing else is said. */
export const defaultBounds: Bounds = {
  nameCharsMax: 32,
  roomNameCharsMax: 32,
  plainNames: false,
  roomMembersMax: 10_000,
  roomsMax: 10_000,
  roomsJoinedMax: 200,
  connectionsMax: 20_000,
  connectionsPerAddressMax: 256,
  flood: true,
  historyDays: 0,
  fileBytesMax: 20 * GiB,
  fileTypes: [],
  accountQuotaBytes: 50 * GiB,
  guestQuotaBytes: 50 * GiB,
  diskFreeBytes: 512 * MiB,
  uploadsMax: 5,
  unfinishedHours: 24,
};

/** What `--preset` sets, beside anything that is set by hand. */
export const presets = {
  classroom: {
    nameCharsMax: 16,
    roomNameCharsMax: 32,
    plainNames: true,
    roomMembersMax: 15,
    fileTypes: [".txt", ".pdf", ".jpg", ".png"],
    fileBytesMax: 3 * MiB,
    uploadsMax: 5,
  },
  bench: { flood: false, connectionsPerAddressMax: 0 },
} as const satisfies Record<string, Partial<Bounds>>;
