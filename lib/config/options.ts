/** The table of options, from which flags, variables, file keys, `--help` and the docs follow. */

import { type Bounds, defaultBounds, presets } from "../limits.ts";
import {
  addresses,
  choice,
  count,
  endings,
  file,
  host,
  hostNames,
  line,
  natsServers,
  type Option,
  path,
  port,
  reachedAt,
  size,
  toggle,
  userName,
  word,
} from "./option.ts";

/** A preset's name. */
export type PresetName = keyof typeof presets;
/** Every preset. */
export const presetNames = Object.keys(presets) as readonly PresetName[];
const peopleMax = 1_000_000;

/** The bounds that whoever runs a server may set: each is an option. */
const boundOptions = {
  nameCharsMax: count(1, 64, "characters of a user's name"),
  roomNameCharsMax: count(1, 64, "characters of a room's name"),
  plainNames: toggle("names are letters and digits only"),
  roomMembersMax: count(1, peopleMax, "members of a room other than the lobby"),
  roomsMax: count(1, peopleMax, "rooms with somebody in them"),
  roomsJoinedMax: count(1, peopleMax, "rooms that one user is in at once"),
  connectionsMax: count(1, peopleMax, "connections altogether"),
  connectionsPerAddressMax: count(0, peopleMax, "connections from one address; 0: no bound"),
  flood: toggle("slow down whoever sends too much"),
  historyDays: count(0, 36_500, "days that history is kept; 0: for ever"),
  fileBytesMax: size("bytes of one file"),
  fileTypes: endings("endings of file names that are taken, or all"),
  accountQuotaBytes: size("bytes of files that one account may keep"),
  guestQuotaBytes: size("bytes of files that all guests together may keep"),
  diskFreeBytes: size("bytes of the disk that stay free"),
  uploadsMax: count(1, 1000, "uploads at once; the rest queue"),
  unfinishedHours: count(1, 8760, "hours that an unfinished upload is kept"),
} as const satisfies { readonly [K in keyof Bounds]: Option<Bounds[K]> };

/** How the server runs, whatever its bounds. */
const generalOptions = {
  host: host("address to listen on; on a network by invitation"),
  port: port("port for chat; also the first argument without a flag"),
  web: toggle("serve the web page, too"),
  webPort: port("port for the web page"),
  webNames: hostNames("names by which browsers reach it, beside its addresses"),
  proxy: addresses("proxies that are believed about who asks"),
  data: path("FOLDER", "folder for messages and users"),
  files: path("FOLDER", "folder for shared files"),
  name: line(64, "what the server calls itself"),
  tls: toggle("speak TLS, with a certificate that the server makes and keeps"),
  cert: file("a certificate to show in its place, as PEM; needs --key"),
  key: file("the private key that belongs to it, as PEM"),
  open: toggle("let in whoever reaches the address, without an invitation"),
  owner: userName("name that is kept for the owner"),
  invite: toggle("make an invitation at this start, beside those that there are"),
  nats: natsServers("the NATS by which several nodes are one Parley"),
  natsName: word(32, "what this Parley is called in NATS"),
  natsReplicas: count(1, 5, "servers of NATS that keep everything"),
  natsFiles: size("bytes of files that NATS may keep; 0: --files does"),
  natsCredentials: file("credentials for NATS, as its own tools write them"),
  natsCa: file("what vouches for the servers of NATS, as PEM"),
  public: reachedAt("how clients reach this node, of several"),
  log: choice(["text", "json"], "how the log's lines are written"),
  quiet: toggle("write no line for what users do"),
} as const;

/** Every option that has a value in the end. */
export const options = { ...generalOptions, ...boundOptions } as const;

/** An option's name in the table. */
export type OptionName = keyof typeof options;
/** Every option's name. */
export const optionNames = Object.keys(options) as readonly OptionName[];

type ValueOf<O> = O extends Option<infer T> ? T : never;
/** A value for every option but the bounds. */
export type General = {
  readonly [K in keyof typeof generalOptions]: ValueOf<typeof generalOptions[K]>;
};
/** A value for every option. */
export type Values = General & Bounds;
/** How a server is to run. */
export interface Config extends General {
  readonly bounds: Bounds;
  readonly preset?: PresetName;
  /**
   * What was set by hand, and so has to be said again where the server is started otherwise: all but
   * `nats` where that is read again, as it may hold a password.
   */
  readonly said: readonly OptionName[];
}

/** Every bound's name. */
export const boundNames = Object.keys(boundOptions) as readonly (keyof Bounds)[];
/** Every other option's name. */
export const generalNames = Object.keys(generalOptions) as readonly (keyof General)[];

/** The values where nothing else is said. */
export const defaults: Values = {
  host: "127.0.0.1",
  port: 5000,
  web: true,
  webPort: 8080,
  webNames: [],
  proxy: [],
  data: "data",
  files: "shared_files",
  name: "Parley",
  tls: false,
  cert: "",
  key: "",
  open: false,
  owner: "",
  invite: false,
  nats: [],
  natsName: "parley",
  natsReplicas: 1,
  natsFiles: 0,
  natsCredentials: "",
  natsCa: "",
  public: "",
  log: "text",
  quiet: false,
  ...defaultBounds,
};

/** Options that choose where other values come from; `preset` may stand in the file, too. */
export const sources = {
  preset: choice(presetNames, "take the values that suit a classroom, or a benchmark"),
  config: path("FILE", "read options from a JSONC file; parley.jsonc if there is one"),
} as const;

/** Options that only say something, and end. */
export const sayings = {
  help: toggle("say this"),
  version: toggle("say which version this is"),
} as const;

/** What is the same for an option of any value. */
export type Row = Pick<Option<unknown>, "help" | "value" | "must" | "read">;
/** All rows. */
export const rows: Readonly<Record<string, Row>> = { ...options, ...sources, ...sayings };
/** What a config file may hold. */
export const fileNames: readonly string[] = [...optionNames, "preset"];
/** What the environment may hold. */
export const envNames: readonly string[] = [...fileNames, "config"];

/** How an option is written as a flag, without `--`, and as a key of a config file. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** How an option is written in the environment. */
export function variableOf(name: string): string {
  return `PARLEY_${flagOf(name).replaceAll("-", "_").toUpperCase()}`;
}

/** Whether an option needs no value. */
export function isToggle(name: string): boolean {
  return rows[name].value === "";
}

/** What a preset puts in the place of defaults. */
export function presetValues(name: PresetName): Partial<Values> {
  return presets[name];
}

const writers: { readonly [K in OptionName]: Pick<Option<Values[K]>, "write"> } = options;

/** An option with its value as flags say it. */
export function flagFor<K extends OptionName>(name: K, values: Values): string {
  const value = values[name];
  if (value === true) return `--${flagOf(name)}`;
  if (value === false) return `--no-${flagOf(name)}`;
  return `--${flagOf(name)}=${writers[name].write(value)}`;
}
