import { openNatsFiles } from "../../lib/backend/nats.ts";
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

/** Opens the files of one Parley. */
type Open = (name: string) => Promise<NatsBlobs>;

async function openBlobs(name: string): Promise<NatsBlobs> {
  server ??= NatsServer.start();
  return await openNatsFiles({ servers: [(await server).url], name, clock, room: 1e9 });
}

/** What one node receives, another one gives its name, reads and takes out. */
async function openTwoNodes(name: string): Promise<NatsBlobs> {
  const [near, far] = [await openBlobs(name), await openBlobs(name)];
  return new Proxy(far, {
    get: (target, method) => {
      if (method === Symbol.asyncDispose) {
        return async () => {
          await near[method]();
          await far[method]();
        };
      }
      const node = method === "receive" || method === "discard" ? near : target;
      const done: unknown = Reflect.get(node, method);
      if (typeof done !== "function") throw new Error(`There is no "${String(method)}"`);
      return done.bind(node);
    },
  });
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
