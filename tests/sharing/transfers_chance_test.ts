import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { openDisk } from "../../lib/backend/disk.ts";
import { openMemory } from "../../lib/backend/memory.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { gzip } from "../../lib/wire/gzip.ts";
import { Chance } from "../helpers/chance.ts";
import { counted, fetchAll, hashOf } from "../helpers/file_peer.ts";
import { wholeTestMs } from "../helpers/patience.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";
import { WholeFiles } from "../helpers/whole_files.ts";

const pieces = [
  ...'/\\:*?"<>|. ~\u0000\u0007\u001b\n\u202e\u2066\u200d\ufe0f\ud800\udfff\u00a0\u0130\u00e9é한日👍',
  "..",
  "../",
  "..\\",
  "CON",
  "nul.txt",
  "com1",
  "a",
  "b.txt",
  ".parley",
  "C:",
  "//host/share",
  "%2e%2e%2f",
  "x".repeat(260),
];
const sizes = [0, 1, 10, 700, 3000, -1, 1.5, 2 ** 53, 1e15, "9", null, NaN];
const offsets = [0, 1, -1, 3000, 2 ** 53 - 1, 0.5, "0", null];
const rooms = ["lobby", "lobby", "tea", "@bob", "@nobody", "nowhere", "../lobby", "", 7];

function hostile(chance: Chance): string {
  return Array.from({ length: 1 + chance.below(4) }, () => chance.pick(pieces)).join("");
}

/** Transfers that the server has taken, and the bytes that they are meant to have. */
class Attack {
  readonly chance: Chance;
  readonly peer: Peer;
  readonly transfers = new Map<unknown, Uint8Array>();
  readonly files = new Map<unknown, Uint8Array>();
  /** The SHA-256 of each whole file that there may be. */
  readonly hashes = new Set<string>();
  readonly #removed = new Set<unknown>();
  #fetchId = 1_000_000;

  constructor(chance: Chance, peer: Peer) {
    this.chance = chance;
    this.peer = peer;
  }

  async step(): Promise<void> {
    switch (this.chance.below(9)) {
      case 0:
      case 1:
        return await this.#offer();
      case 2:
        return await this.#rightParts();
      case 3:
        return await (this.chance.once(2) ? this.#wrongPart() : this.#rightParts());
      case 4:
        return await this.#finish();
      case 5:
        return void await this.peer.ask({ t: "resume", transfer: this.#transfer() });
      case 6:
        return await this.#fetch();
      case 7:
        return await this.#rest();
      default:
        return void await this.peer.ask({ t: "files", limit: this.#number(sizes) });
    }
  }

  #number(all: readonly unknown[]): unknown {
    return this.chance.once(2) ? this.chance.pick(all) : this.chance.below(3000);
  }

  #transfer(): unknown {
    const known = [...this.transfers.keys()].slice(-10);
    return this.chance.once(8) || known.length === 0
      ? hostile(this.chance)
      : this.chance.pick(known);
  }

  #file(): unknown {
    const known = [...this.files.keys()].slice(-10);
    return this.chance.once(8) || known.length === 0
      ? hostile(this.chance)
      : this.chance.pick(known);
  }

  async #offer(): Promise<void> {
    const { chance } = this;
    const size = this.#number(sizes);
    const answer = await this.peer.ask({
      t: "offer",
      room: chance.pick(rooms),
      name: hostile(chance),
      size,
      ...chance.once(3) && { folder: hostile(chance) },
      ...chance.once(5) && { mime: hostile(chance) },
      ...chance.once(5) && { cid: chance.pick(["c-1", "c-2", hostile(chance)]) },
    });
    if (answer.t !== "ok" || this.transfers.has(answer.transfer)) return;
    const bytes = counted(Number(size)).map((byte) => byte ^ this.transfers.size);
    this.transfers.set(answer.transfer, bytes);
    this.hashes.add(hashOf(bytes));
  }

  /** What a client would do. */
  async #rightParts(): Promise<void> {
    const transfer = this.#transfer();
    const bytes = this.transfers.get(transfer);
    const answer = await this.peer.ask({ t: "resume", transfer });
    if (!bytes || answer.t !== "ok" || answer.place !== 0) return;
    const to = this.chance.once(2) ? bytes.length : this.chance.below(bytes.length + 1);
    for (let at = Number(answer.offset); at < to;) {
      const part = bytes.subarray(at, Math.min(to, at + 1 + this.chance.below(1000)));
      if (this.chance.once(3)) {
        const packed = await gzip(part.slice());
        await this.peer.part(transfer, at, packed, { encoding: "gzip", raw: part.length });
      } else {
        await this.peer.part(transfer, at, part);
      }
      at += part.length;
    }
    if (to === bytes.length && this.chance.once(2)) await this.#finish(transfer);
  }

  async #wrongPart(): Promise<void> {
    const { chance } = this;
    const transfer = this.#transfer();
    const whole = this.transfers.get(transfer) ?? counted(10);
    const at = chance.below(whole.length + 1);
    const body = whole.slice(at, at + chance.below(2000));
    const offset = chance.once(2) ? at : this.#number(offsets);
    // Right bytes or wrong ones: at a wrong offset both are wrong.
    if (offset !== at) body.fill(255);
    const more = chance.once(3)
      ? { encoding: chance.pick(["gzip", "br", 1]), raw: this.#number(sizes) }
      : chance.once(4)
      ? { data: chance.pick(["AAAA", "=", "", hostile(chance), 7]) }
      : {};
    if (body.length > 0) await this.peer.part(transfer, Number(offset), body, more);
    else await this.peer.raw(`${JSON.stringify({ t: "part", transfer, offset, ...more })}\n`);
  }

  async #finish(transfer = this.#transfer()): Promise<void> {
    const bytes = this.transfers.get(transfer);
    const sha256 = this.chance.once(6) ? "0".repeat(64) : hashOf(bytes ?? counted(0));
    const answer = await this.peer.ask({ t: "finish", transfer, sha256 });
    if (answer.t !== "ok") return;
    assert(bytes, "Something was finished that was never offered");
    const { file } = answer.file as JsonObject;
    // A repeat is answered like the first, whatever became of the file.
    if (!this.#removed.has(file)) this.files.set(file, bytes);
  }

  async #fetch(): Promise<void> {
    const file = this.#file();
    const bytes = this.files.get(file);
    const piece = this.chance.once(2)
      ? {}
      : { offset: this.#number(offsets), length: this.#number(offsets) };
    const id = ++this.#fetchId;
    const command = { t: "fetch", file, ...piece, id };
    const answer = await this.peer.ask(command);
    if (answer.t !== "ok") return;
    const parts: Uint8Array[] = [];
    for (;;) {
      const event = await this.peer.event(({ re }) => re === id);
      if (event.t !== "part") break;
      parts.push(event.body as Uint8Array);
    }
    const [offset, length] = [Number(answer.offset), Number(answer.length)];
    const came = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    assertEquals(came, bytes?.slice(offset, offset + length));
  }

  async #rest(): Promise<void> {
    const { chance, peer } = this;
    switch (chance.below(8)) {
      case 0: {
        const transfer = this.#transfer();
        await peer.ask({ t: "cancel", transfer });
        return;
      }
      case 1: {
        const file = this.#file();
        const { t } = await peer.ask({ t: "remove", file });
        if (t !== "ok") return;
        this.files.delete(file);
        this.#removed.add(file);
        return;
      }
      case 2:
        return void await peer.ask({ t: "decline", file: this.#file() });
      case 3:
        return void await peer.ask({ t: "cancel", fetch: this.#number(offsets) });
      default:
        return void await peer.ask({ t: "files", after: this.#file() });
    }
  }
}

/** Every file below a folder but unfinished ones, as paths. */
async function walk(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    if (name === "unfinished" || name === "lock") continue;
    assert(isFile || isDirectory, `"${name}" is neither a file nor a folder`);
    if (isFile) found.push(join(folder, name));
    else found.push(...await walk(join(folder, name)));
  }
  return found;
}

Deno.test("thousands of hostile commands about files make no wrong file, and none elsewhere", async () => {
  const chance = Chance.ofRun("hostile transfers");
  const around = await Deno.makeTempDir();
  const folder = join(around, "shared");
  try {
    await using blobs = await openDisk(folder);
    await using server = await TestServer.start({
      backend: openMemory(),
      blobs,
      bounds: { uploadsMax: 200 },
    });
    const [alice, bob] = [await server.join("Alice", "tea"), await server.join("Bob")];
    const attack = new Attack(chance, alice);
    // As another program sees the folder, at any moment.
    using watch = new WholeFiles(folder, (_name, sha256) => attack.hashes.has(sha256));
    const run = async () => {
      for (let step = 0; step < 3000; step++) await attack.step();
    };
    await deadline(run(), wholeTestMs);
    watch.look();
    assertEquals(watch.wrongs, []);
    assert(watch.read > 10, "The folder was hardly looked at");
    assertEquals([...Deno.readDirSync(around)].map(({ name }) => name), ["shared"]);
    const hashes = [...attack.files.values()].map(hashOf).sort();
    const there = await Promise.all((await walk(folder)).map((path) => Deno.readFile(path)));
    assertEquals(there.map(hashOf).sort(), hashes);
    assert(hashes.length > 2, "Hardly anything was shared");
    for (const [index, [file, bytes]] of [...attack.files].entries()) {
      assertEquals((await fetchAll(alice, index - 1000, { file })).bytes, bytes);
    }
    await bob.ok({ t: "say", room: "lobby", text: "still here" });
  } finally {
    await Deno.remove(around, { recursive: true });
  }
});
