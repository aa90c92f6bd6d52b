/** A server without sockets on folders as real ones have. */

import { join } from "@std/path";
import { openDisk } from "../../lib/backend/disk.ts";
import { openSqlite } from "../../lib/backend/sqlite.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { TestServer } from "./peer.ts";

/** Where a server keeps what it keeps. */
export interface KeptFolders {
  readonly data: string;
  readonly files: string;
}

/** Two folders in one that is there for a test. */
export function foldersIn(folder: string, name = "server"): KeptFolders {
  return { data: join(folder, name, "data"), files: join(folder, name, "files") };
}

/** Runs `run` with a server on these folders. */
export async function withServer<T>(
  { data, files }: KeptFolders,
  run: (server: TestServer) => Promise<T>,
): Promise<T> {
  // It is closed by the server.
  const backend = await openSqlite(data, systemClock());
  await using blobs = await openDisk(files, { apart: data });
  await using server = await TestServer.start({ backend, blobs });
  return await run(server);
}
