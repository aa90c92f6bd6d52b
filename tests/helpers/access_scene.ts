/** A server on which everything is there that somebody may or may not do. */

import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { CommandName } from "../../lib/protocol.ts";
import { systemClock } from "../../lib/system_clock.ts";
import type { Asker } from "./access_table.ts";
import { counted, share } from "./file_peer.ts";
import { type Peer, type TestOptions, TestServer } from "./peer.ts";

/** What a command may be about. */
export interface Subject {
  readonly room: string;
  readonly seq: number;
  readonly file: string;
  /** What the file is called. */
  readonly name: string;
  readonly transfer: string;
}

/** Everybody's uploads may be under way, and however long it takes, nobody is late. */
export function accessOptions(): TestOptions {
  const clock = { ...systemClock(), after: () => () => {} };
  return { bounds: { uploadsMax: 100 }, clock };
}

const bytes = counted(10);
const password = "correct horse";

const tus = { "tus-resumable": "1.0.0" } as const;

/** A request beside its method. */
export interface Request {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function filePath(file: string, name: string): string {
  return `/files/${file}/${encodeURIComponent(name)}`;
}

const nowhere: Subject = {
  room: "nowhere",
  seq: 1,
  file: "no-file",
  name: "no.txt",
  transfer: "no-transfer",
};

/** A command of each kind about a subject: as it would be right, where its sender may. */
export const samples: { readonly [K in CommandName]: (about: Subject) => JsonObject } = {
  hello: () => ({ v: 1, user: "Someone" }),
  ping: () => ({}),
  quit: () => ({}),
  users: () => ({}),
  rooms: () => ({}),
  join: ({ room }) => ({ room }),
  leave: ({ room }) => ({ room }),
  members: ({ room }) => ({ room }),
  topic: ({ room }) => ({ room, topic: "another one" }),
  say: ({ room }) => ({ room, text: "hello" }),
  edit: ({ room, seq }) => ({ room, seq, text: "changed" }),
  delete: ({ room, seq }) => ({ room, seq }),
  react: ({ room, seq }) => ({ room, seq, emoji: "👍" }),
  history: ({ room }) => ({ room }),
  search: ({ room }) => room === "" ? { text: "said" } : { text: "said", room },
  typing: ({ room }) => ({ room }),
  away: () => ({ text: "at lunch" }),
  read: ({ room }) => ({ room, seq: 1 }),
  files: ({ room }) => room === "" ? {} : { room },
  offer: ({ room }) => ({ room, name: "new.txt", size: 10 }),
  part: ({ transfer }) => ({ transfer, offset: 0, data: bytes.toBase64() }),
  resume: ({ transfer }) => ({ transfer }),
  finish: ({ transfer }) => ({ transfer }),
  fetch: ({ file }) => ({ file }),
  cancel: ({ transfer }) => ({ transfer }),
  decline: ({ file }) => ({ file }),
  remove: ({ file }) => ({ file }),
  kick: ({ room }) => ({ room, user: "Fay" }),
  mute: ({ room }) => ({ room, user: "Fay" }),
  unmute: ({ room }) => ({ room, user: "Fay" }),
  ban: ({ room }) => ({ user: "Fay", ...room !== "" && { room } }),
  unban: ({ room }) => ({ user: "Fay", ...room !== "" && { room } }),
  lock: ({ room }) => ({ room, key: "sesame" }),
  slow: ({ room }) => ({ room, seconds: 1 }),
  readonly: ({ room }) => ({ room, on: true }),
  role: ({ room }) =>
    room === "" ? { user: "Mel", role: "moderator" } : { room, user: "Fay", role: "moderator" },
  bans: ({ room }) => ({ ...room !== "" && { room } }),
  audit: () => ({}),
  register: () => ({ password }),
  password: () => ({ old: password, new: `${password} again` }),
  logout: () => ({}),
  logins: () => ({}),
  revoke: () => ({ login: "no-login" }),
  invite: ({ room }) => room === "" ? {} : { room },
  invites: () => ({}),
  uninvite: () => ({ invite: "no-invitation" }),
};

/** Those that leave everything as it was, also where they are answered with `ok`. */
export const readingCommands: readonly string[] = [
  "ping",
  "users",
  "rooms",
  "members",
  "history",
  "search",
  "files",
  "logins",
  "invites",
  "bans",
  "audit",
];

/** A request of each kind about a subject. */
export const requests: Readonly<Record<string, (about: Subject) => Request>> = {
  "GET /healthz": () => ({ path: "/healthz" }),
  "GET /metrics": () => ({ path: "/metrics" }),
  "POST /session": () => ({ path: "/session" }),
  "DELETE /session": () => ({ path: "/session" }),
  "GET /files": ({ file, name }) => ({ path: filePath(file, name) }),
  "HEAD /files": ({ file, name }) => ({ path: filePath(file, name) }),
  "GET /thumbs": ({ file }) => ({ path: `/thumbs/${file}` }),
  "POST /files": ({ room }) => ({
    path: "/files",
    headers: {
      ...tus,
      "upload-length": "10",
      "upload-metadata": `filename ${btoa("new.txt")},room ${btoa(room)}`,
    },
  }),
  "HEAD /files/T": ({ transfer }) => ({ path: `/files/${transfer}`, headers: tus }),
  "PATCH /files/T": ({ transfer }) => ({
    path: `/files/${transfer}`,
    headers: {
      ...tus,
      "upload-offset": "10",
      "content-type": "application/offset+octet-stream",
    },
  }),
  // For whoever can't send another method.
  "POST /files/T": ({ transfer }) => ({
    path: `/files/${transfer}`,
    headers: { ...tus, "x-http-method-override": "DELETE" },
  }),
  "DELETE /files/T": ({ transfer }) => ({ path: `/files/${transfer}`, headers: tus }),
  "OPTIONS /files": () => ({ path: "/files" }),
  "OPTIONS /files/T": ({ transfer }) => ({ path: `/files/${transfer}` }),
  "PUT /drop": ({ room }) => ({ path: `/drop/${room}/new.txt`, body: "text" }),
  "POST /say": ({ room }) => ({ path: `/say/${room}`, body: "hello" }),
};

/** Ann, who asks, and the others: Olga made the rooms, Bob and Carl talk to each other. */
export class AccessScene implements AsyncDisposable {
  readonly server: TestServer;
  readonly ann: Peer;
  readonly olga: Peer;
  readonly bob: Peer;
  readonly carl: Peer;
  readonly #subjects = new Map<string, Subject>();

  private constructor(server: TestServer, [ann, olga, bob, carl]: readonly Peer[]) {
    this.server = server;
    this.ann = ann;
    this.olga = olga;
    this.bob = bob;
    this.carl = carl;
  }

  static async start(asker: Asker, server?: TestServer): Promise<AccessScene> {
    const on = server ?? await TestServer.start(accessOptions());
    const olga = await on.join("Olga", "tea", "far", "vault");
    const bob = await on.join("Bob", "tea");
    const carl = await on.join("Carl");
    await on.join("Fay", "tea", "far", "vault");
    await (await on.join("Mel")).ok({ t: "register", password });
    const ann = on.connect();
    if (asker !== "nobody") await ann.hello("Ann");
    const scene = new AccessScene(on, [ann, olga, bob, carl]);
    await scene.#furnish(asker);
    return scene;
  }

  /** What is meant by the table's words for it. */
  subject(where: string): Subject {
    if (where === "-") return { ...nowhere, room: "" };
    const subject = this.#subjects.get(where) ??
      this.#subjects.get(`${where}/other`);
    assert(subject, `Nothing here is called "${where}"`);
    return subject;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  async #furnish(asker: Asker): Promise<void> {
    const { ann, olga, bob, carl } = this;
    this.#subjects.set("none", nowhere);
    await this.#put("lobby/other", olga, "lobby");
    await this.#put("in/other", olga, "tea");
    await this.#put("out/other", olga, "far");
    await this.#put("vault/other", olga, "vault");
    await olga.ok({ t: "lock", room: "vault", key: "sesame" });
    await this.#put("theirs", bob, "@Carl");
    assertEquals((await carl.seen("shared")).length, 2);
    if (asker === "nobody") {
      for (const where of ["in/own", "pair/own", "pair/other"]) {
        this.#subjects.set(where, this.subject("in/other"));
      }
      return;
    }
    if (asker !== "guest") await ann.ok({ t: "register", password });
    await this.server.give("Ann", asker);
    await ann.ok({ t: "join", room: "tea" });
    await this.#put("in/own", ann, "tea");
    await this.#put("pair/own", ann, "@Bob");
    await this.#put("pair/other", bob, "@Ann");
    this.#subjects.set("pair/other", { ...this.subject("pair/other"), room: "@Bob" });
  }

  /** Somebody says something, shares a file, and has sent all of another one but its end. */
  async #put(where: string, by: Peer, room: string): Promise<void> {
    const { seq } = await by.ok({ t: "say", room, text: `said ${where}` });
    const { file, name } = await share(by, bytes, { room, name: "there.txt" });
    const { transfer } = await by.ok({ t: "offer", room, name: "begun.txt", size: bytes.length });
    await by.part(transfer, 0, bytes);
    this.#subjects.set(where, {
      room,
      seq: Number(seq),
      file: String(file),
      name: String(name),
      transfer: String(transfer),
    });
  }
}
