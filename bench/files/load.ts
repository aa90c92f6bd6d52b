/**
 * The load client for files: it sends one to a server and fetches it again. It runs in a process of
 * its own, so that what it costs isn't taken for the server's.
 */

import { parseArgs } from "@std/cli/parse-args";
import { createHash } from "node:crypto";
import { type Usage, usageOf } from "../usage.ts";
import { clientFor, type Sent } from "./clients.ts";
import { type Leg, type Moved } from "./moved.ts";
import { type FileServer, fileServers } from "./servers.ts";
import { pieceBytes, randomPiece, stamp, StampCheck } from "./stamps.ts";
import { FileStream } from "./stream.ts";

/** What the load client is told. */
export interface FileOrder {
  readonly server: FileServer;
  readonly port: number;
  /** The server's process, whose use of the machine is measured. */
  readonly pid: number;
  /** The processes that it needs beside itself. */
  readonly beside: readonly number[];
  /** Bytes of the file: whole pieces. */
  readonly bytes: number;
  /** Where the server keeps what it gets. */
  readonly folder: string;
}

/** The arguments that {@linkcode readFileOrder} reads as this order. */
export function fileOrderArgs(order: FileOrder): string[] {
  return Object.entries(order).map(([key, value]) => `--${key}=${value}`);
}

/**
 * The order that arguments give.
 *
 * @throws {Error} with a sentence for whoever gave them.
 */
function readFileOrder(args: readonly string[]): FileOrder {
  const parsed = parseArgs(args, {
    string: ["server", "port", "pid", "beside", "bytes", "folder"],
  });
  const server = fileServers.find((one) => one === parsed.server);
  const folder = typeof parsed.folder === "string" ? parsed.folder : "";
  const [port, pid, bytes] = [parsed.port, parsed.pid, parsed.bytes].map(Number);
  const pids = typeof parsed.beside === "string" ? parsed.beside.split(",") : [];
  const beside = pids.filter((one) => one !== "").map(Number);
  if (server && folder && port > 0 && pid > 0 && bytes > 0 && bytes % pieceBytes === 0) {
    return { server, port, pid, beside, bytes, folder };
  }
  throw new Error(`Cannot measure with ${args.join(" ")}: name a server, port, pid, bytes, folder`);
}

/** Sends the file and fetches it again. */
async function moveFile(order: FileOrder): Promise<Moved> {
  const { server, port, pid, beside, bytes, folder } = order;
  using stream = await FileStream.connect(port);
  const client = clientFor(server, stream);
  const sent = fileOf(bytes);
  await client.greet();
  await touchMemory(`${folder}/warm`, bytes);
  let file = "";
  const upload = await timed(order, async () => file = await client.upload(sent));
  await settle();
  const check = new StampCheck();
  const download = await timed(order, () => client.download(file, (piece) => check.take(piece)));
  return {
    upload,
    download,
    peakBytes: usageOf(pid)?.peakBytes ?? 0,
    besidePeakBytes: sumOf(beside.map((one) => usageOf(one)?.peakBytes ?? 0)),
    isRight: check.wrong === 0 && check.bytes === bytes,
  };
}

/** What the file is, hashed before anything is measured. */
function fileOf(bytes: number): Sent {
  const piece = randomPiece();
  const hash = createHash("sha256");
  for (let offset = 0; offset < bytes; offset += pieceBytes) {
    stamp(piece, offset);
    hash.update(piece);
  }
  return { bytes, sha256: hash.digest("hex"), piece };
}

/**
 * Fills as much of the system's memory with a file as the measured one will take, and gives it back.
 * A virtual machine gets memory from its host when it is used, and may lose it again some seconds
 * later: whoever came first would pay for all. So this is done right before what is measured.
 */
async function touchMemory(path: string, bytes: number): Promise<void> {
  const piece = new Uint8Array(pieceBytes).fill(1);
  {
    using file = await Deno.create(path);
    for (let written = 0; written < bytes; written += pieceBytes) {
      for (let at = 0; at < pieceBytes;) at += await file.write(piece.subarray(at));
    }
    await file.sync();
  }
  await Deno.remove(path);
}

/** What a server hasn't synced would be written while the next measurement runs. */
async function settle(): Promise<void> {
  if (Deno.build.os !== "windows") await new Deno.Command("sync").output();
}

async function timed(
  { pid, beside }: Pick<FileOrder, "pid" | "beside">,
  run: () => Promise<unknown>,
): Promise<Leg> {
  const [server, load] = [usageOf(pid), usageOf(Deno.pid)];
  const others = beside.map(usageOf);
  const began = performance.now();
  await run();
  return {
    seconds: (performance.now() - began) / 1000,
    serverCpuSeconds: spent(server, usageOf(pid)),
    besideCpuSeconds: sumOf(beside.map((one, index) => spent(others[index], usageOf(one)))),
    loadCpuSeconds: spent(load, usageOf(Deno.pid)),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function spent(before: Usage | undefined, after: Usage | undefined): number {
  return before && after ? after.cpuSeconds - before.cpuSeconds : 0;
}

if (import.meta.main) {
  console.log(JSON.stringify(await moveFile(readFileOrder(Deno.args))));
  Deno.exit(0);
}
