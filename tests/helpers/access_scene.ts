/** A server on which everything is there that somebody may or may not do. */

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

/** Those after which everybody may do what they could before, also where the answer is `ok`. */
export const harmlessCommands: readonly string[] = [
  "ping",
  "users",
  "rooms",
  "members",
  "topic",
  "say",
  "edit",
  "react",
  "history",
  "search",
  "typing",
  "away",
  "read",
  "files",
  "resume",
  "unmute",
  "unban",
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
    if (asker !== "nobody") {
      await ann.hello("Ann");
      if (asker !== "guest") await ann.ok({ t: "register", password });
      await on.give("Ann", asker);
      await ann.ok({ t: "join", room: "tea" });
    }
    return new AccessScene(on, [ann, olga, bob, carl]);
  }

  /** What is meant by the table's words for it; it is put there when it is asked for first. */
  async subject(where: string): Promise<Subject> {
    if (where === "-") return { ...nowhere, room: "" };
    if (where === "none") return nowhere;
    const whole = ["in", "out", "lobby", "pair", "vault"].includes(where)
      ? `${where}/other`
      : where;
    const known = this.#subjects.get(whole);
    if (known) return known;
    const subject = await this.#furnish(whole);
    this.#subjects.set(whole, subject);
    return subject;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  async #furnish(where: string): Promise<Subject> {
    const { ann, olga, bob, carl } = this;
    // Who is nobody has nothing.
    if (!ann.uid && ["in/own", "pair/own", "pair/other"].includes(where)) {
      return await this.subject("in/other");
    }
    switch (where) {
      case "lobby/other":
        return await this.#put(where, olga, "lobby");
      case "in/other":
        return await this.#put(where, olga, "tea");
      case "out/other":
        return await this.#put(where, olga, "far");
      case "vault/other": {
        const subject = await this.#put(where, olga, "vault");
        await olga.ok({ t: "lock", room: "vault", key: "sesame" });
        await this.server.level();
        return subject;
      }
      case "theirs": {
        const subject = await this.#put(where, bob, "@Carl");
        await carl.event(({ t, room }) => t === "shared" && room === "@Bob");
        return subject;
      }
      case "in/own":
        return await this.#put(where, ann, "tea");
      case "pair/own":
        return await this.#put(where, ann, "@Bob");
      case "pair/other":
        return { ...await this.#put(where, bob, "@Ann"), room: "@Bob" };
      default:
        throw new Error(`Nothing here is called "${where}"`);
    }
  }

  /** Somebody says something, shares a file, and has sent all of another one but its end. */
  async #put(where: string, by: Peer, room: string): Promise<Subject> {
    const { seq } = await by.ok({ t: "say", room, text: `said ${where}` });
    const { file, name } = await share(by, bytes, { room, name: "there.txt" });
    const begun = await by.ok({ t: "offer", room, name: "begun.txt", size: bytes.length });
    await by.part(begun.transfer, 0, bytes);
    await by.event(({ t, transfer }) => t === "stored" && transfer === begun.transfer);
    await this.server.level();
    return {
      room,
      seq: Number(seq),
      file: String(file),
      name: String(name),
      transfer: String(begun.transfer),
    };
  }
}
