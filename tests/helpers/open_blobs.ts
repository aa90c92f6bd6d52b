/** Uses blobs on disk with the permissions that this program was given. */

import { openDisk } from "../../lib/backend/disk.ts";
import { lobby, type TransferId } from "../../lib/names.ts";
import { receive, textAt } from "../contract/blobs.ts";

const path = { conversation: lobby, folder: "a/b", name: "report.pdf" };
const transfer = "t-1" as TransferId;

await using blobs = await openDisk(Deno.args[0]);
using _watching = blobs.watch(() => {});
await receive(blobs, transfer, "whole");
const answers: unknown[] = [await blobs.link(transfer, path), await blobs.link(transfer, path)];
await blobs.discard(transfer);
for await (const found of blobs.found(lobby)) answers.push("path" in found && found.path.name);
answers.push(await textAt(blobs, path), await blobs.free() > 0);
await blobs.remove(path);
await blobs.sweep(new Set());
console.log(JSON.stringify(answers));
