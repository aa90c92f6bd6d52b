/** How `deno task bench` is to run, by its arguments. */

import { parseArgs } from "@std/cli/parse-args";
import { type FileServer, fileServers } from "./files/servers.ts";

/** How the benchmark is to run. */
export interface Settings {
  /** How often everything is measured; what is told is the medians. */
  readonly runs: number;
  readonly conns: number;
  readonly senders: number;
  /** Messages of one sender on their way at once. */
  readonly window: number;
  readonly idleConns: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Messages a second where latency is measured. */
  readonly rate: number;
  readonly commits: number;
  /** Whether what is measured is files instead of messages. */
  readonly files: boolean;
  /** Size of the file that is moved. */
  readonly mib: number;
  /** The servers that files are moved with. */
  readonly servers: readonly FileServer[];
  /** Whether what is measured is several nodes. */
  readonly nodes: boolean;
  /** Whether what is measured is the page, in a browser. */
  readonly page: boolean;
  /** Messages in the room that the page shows. */
  readonly messages: number;
  /** The folder in which each server gets a fresh one for its data. */
  readonly data: string | undefined;
  /** Whether servers stay on one core and the load client on another. */
  readonly pin: boolean;
  readonly json: boolean;
}

const usual: Settings = {
  runs: 5,
  conns: 100,
  senders: 10,
  window: 10,
  idleConns: 1000,
  seconds: 2,
  warmSeconds: 1,
  rate: 1000,
  commits: 500,
  files: false,
  mib: 1024,
  servers: fileServers,
  nodes: false,
  page: false,
  messages: 50_000,
  data: undefined,
  pin: false,
  json: false,
};
const short: Partial<Settings> = {
  runs: 1,
  idleConns: 200,
  seconds: 0.5,
  warmSeconds: 0.5,
  commits: 100,
  mib: 128,
  messages: 5000,
};

const helps = {
  runs: "how often everything is measured; medians are told (5)",
  conns: "connections that all hear everything (100)",
  senders: "connections that say something (10)",
  window: "messages of one sender on their way at once (10)",
  "idle-conns": "connections whose memory is measured (1000)",
  seconds: "time of one measurement (2)",
  "warm-seconds": "time before it (1)",
  rate: "messages a second where latency is measured (1000)",
  commits: "messages whose commit is timed (500)",
  files: "measure how fast files go there and back instead",
  mib: "size of the file, in MiB (1024)",
  servers: `servers that files go to, of ${fileServers.join(",")} (all that are to be had)`,
  nodes: "measure several nodes behind one NATS instead, where nats-server is installed",
  page: "measure the page in a browser instead",
  messages: "messages in the room that the page shows (50000)",
  data:
    "folder for the servers' data, such as /dev/shm; otherwise the system's for temporary files",
  pin: "servers on core 0 and the load client on core 1, where taskset is installed",
  short: "one quick run",
  json: "print JSON",
} as const;
const flags: readonly string[] = ["files", "nodes", "page", "pin", "short", "json", "help"];

/**
 * The settings that arguments give, or the help where it is asked for.
 *
 * @throws {Error} with a sentence for whoever gave them.
 */
export function readSettings(given: readonly string[]): Settings | string {
  // `deno task bench -- --short` hands on the `--`.
  const args = given[0] === "--" ? given.slice(1) : given;
  const strings = Object.keys(helps).filter((key) => !flags.includes(key));
  const parsed = parseArgs(args, {
    string: strings,
    boolean: flags,
    alias: { h: "help" },
    unknown: (arg) => {
      throw new Error(`There is no option "${arg}": see --help`);
    },
  });
  if (parsed.help === true) return helpText();
  const base = { ...usual, ...parsed.short === true && short };
  const number = (key: keyof typeof helps, otherwise: number, least: number) => {
    const value = parsed[key] === undefined ? otherwise : Number(parsed[key]);
    if (value >= least) return value;
    throw new Error(`Cannot take "--${key}=${parsed[key]}": it must be a number from ${least}`);
  };
  const count = (key: keyof typeof helps, otherwise: number) =>
    Math.floor(number(key, otherwise, 1));
  const settings: Settings = {
    runs: count("runs", base.runs),
    conns: count("conns", base.conns),
    senders: count("senders", base.senders),
    window: count("window", base.window),
    idleConns: count("idle-conns", base.idleConns),
    seconds: number("seconds", base.seconds, 0.01),
    warmSeconds: number("warm-seconds", base.warmSeconds, 0),
    rate: number("rate", base.rate, 1),
    commits: count("commits", base.commits),
    files: parsed.files === true,
    mib: count("mib", base.mib),
    servers: typeof parsed.servers === "string" ? serversIn(parsed.servers) : base.servers,
    nodes: parsed.nodes === true,
    page: parsed.page === true,
    messages: count("messages", base.messages),
    data: typeof parsed.data === "string" ? parsed.data : undefined,
    pin: parsed.pin === true,
    json: parsed.json === true,
  };
  if (settings.senders <= settings.conns) return settings;
  throw new Error("Cannot have more senders than connections: raise --conns");
}

function serversIn(list: string): readonly FileServer[] {
  return list.split(",").map((name) => {
    const server = fileServers.find((one) => one === name);
    if (server) return server;
    throw new Error(`There is no server "${name}": there are ${fileServers.join(", ")}`);
  });
}

function helpText(): string {
  const rows = Object.entries(helps).map(([key, help]) => `  --${key.padEnd(14)}${help}`);
  return ["Measure a server on this machine, beside a bare one.", "", ...rows].join("\n");
}
