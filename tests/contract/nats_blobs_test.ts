import { openNatsFiles } from "../../lib/backend/nats.ts";
import type { Blobs } from "../../lib/file_store.ts";
import type { TransferId } from "../../lib/names.ts";
import type { NatsBlobs } from "../../lib/backend/nats/blobs.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import { type BlobScene, blobsContract, receive } from "./blobs.ts";

const clock = systemClock();
/** One for all tests of this file: each has streams of its own. */
let server: Promise<NatsServer> | undefined;
let count = 0;

/** Opens the files of the Parley that is called so. */
type Open = (name: string) => Promise<Blobs & AsyncDisposable>;

async function openBlobs(name: string): Promise<NatsBlobs> {
  server ??= NatsServer.start();
  return await openNatsFiles({ servers: [(await server).url], name, clock, room: 1e7 });
}

/** What one node receives, another one gives its name, reads and takes out. */
async function openTwoNodes(name: string): Promise<Blobs & AsyncDisposable> {
  const [near, far] = [await openBlobs(name), await openBlobs(name)];
  return {
    receive: (transfer) => near.receive(transfer),
    unfinished: () => far.unfinished(),
    link: (transfer, path) => far.link(transfer, path),
    discard: (transfer) => far.discard(transfer),
    sweep: (but) => far.sweep(but),
    open: (path) => far.open(path),
    sha256: (path) => far.sha256(path),
    remove: (path) => near.remove(path),
    found: (conversation) => far.found(conversation),
    key: (path) => far.key(path),
    watch: (changed) => far.watch(changed),
    free: () => far.free(),
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  };
}

/** Nobody has a hand in it but Parley: what others would do in a folder is done as a node does it. */
async function sceneOf(open: Open): Promise<BlobScene> {
  const name = `contract_${++count}`;
  let blobs = await open(name);
  let puts = 0;
  return {
    get blobs() {
      return blobs;
    },
    isLinking: false,
    async put(path, text) {
      await blobs.remove(path);
      const transfer = `put-${++puts}` as TransferId;
      await receive(blobs, transfer, text);
      await blobs.link(transfer, path);
    },
    take: (path) => blobs.remove(path),
    async again() {
      await blobs[Symbol.asyncDispose]();
      return blobs = await open(name);
    },
    [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
  };
}

if (!isMissing("nats-server")) {
  Deno.test.afterAll(async () => await (await server)?.[Symbol.asyncDispose]());
  blobsContract("nats", () => sceneOf(openBlobs));
  blobsContract("nats, on two nodes", () => sceneOf(openTwoNodes));
}
