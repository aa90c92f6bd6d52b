import { assert, assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../lib/errors.ts";
import type { LibraryEntry, TransferRecord } from "../lib/file_store.ts";
import {
  decideOffer,
  isStale,
  requireDisk,
  requireHash,
  requireOwn,
  requireRemovable,
  requireSameOffer,
  requireSeen,
  Sending,
} from "../lib/files.ts";
import { defaultBounds, limits, presets } from "../lib/limits.ts";
import { roomId, type TransferId } from "../lib/names.ts";
import type { Command } from "../lib/protocol.ts";
import { Chance } from "./helpers/chance.ts";
import { alice, bob, report } from "./contract/scene.ts";

const classroom = { ...defaultBounds, ...presets.classroom, diskFreeBytes: 100 };
const facts = { free: 10_000_000, awaited: 0, unfinished: 0, guestsUnfinished: 0 };
const transfer = "t-1" as TransferId;

function offer(fields: Partial<Command<"offer">> = {}): Command<"offer"> {
  return { room: "lobby", name: "report.pdf", size: 1000, ...fields };
}

function record(size = 1000): TransferRecord {
  return {
    transfer,
    conversation: roomId("lobby"),
    by: alice,
    isGuest: true,
    name: "report.pdf",
    size,
    mime: "application/pdf",
    cid: "c",
    at: 0,
    state: { is: "unfinished" },
  };
}

function refusal(run: () => unknown): ChatError {
  return assertThrows(run, ChatError);
}

Deno.test("decideOffer() takes what is within the bounds, and makes it safe", () => {
  const wanted = offer({ name: "../CON.pdf", folder: "a/ b ", mime: "application/pdf" });
  assertEquals(decideOffer(wanted, classroom, facts), {
    name: "_CON.pdf",
    folder: "a/b",
    size: 1000,
    mime: "application/pdf",
  });
  assertEquals(decideOffer(offer({ size: 0 }), classroom, facts).mime, "application/octet-stream");
});

const refused: readonly (readonly [string, string, Partial<Command<"offer">>, object?])[] = [
  ["a name of nothing", "file_name", { name: " .. " }],
  ["a folder that goes up", "file_name", { folder: "a/.." }],
  ["an absolute folder", "file_name", { folder: "/a" }],
  ["another type", "file_type", { name: "a.exe" }],
  ["another type behind a right one", "file_type", { name: "a.pdf.exe" }],
  ["one byte too many", "file_size", { size: classroom.fileBytesMax + 1 }],
  ["more than the disk has room for", "disk_full", {}, { free: 1099 }],
  ["more than the disk has for all", "disk_full", {}, { free: 5000, awaited: 3901 }],
  ["one transfer too many", "quota", {}, { unfinished: limits.unfinishedMax }],
  ["one too many of guests", "quota", {}, { guestsUnfinished: limits.guestsUnfinishedMax }],
];

for (const [what, code, fields, other] of refused) {
  Deno.test(`decideOffer() refuses ${what}`, () => {
    const run = () => decideOffer(offer(fields), classroom, { ...facts, ...other });
    assertEquals(refusal(run).code, code);
  });
}

Deno.test("decideOffer() takes the last byte of the disk's room", () => {
  decideOffer(offer(), classroom, { ...facts, free: 5000, awaited: 3900 });
  assertEquals(refusal(() => requireDisk(99, classroom)).code, "disk_full");
});

Deno.test("requireSameOffer() takes a repeat, and refuses other content under its cid", () => {
  const first = record();
  const same = offer({ mime: "application/pdf", cid: "c" });
  requireSameOffer(first, same);
  for (const other of [{ size: 1 }, { name: "b.pdf" }, { folder: "a" }, { mime: "text/plain" }]) {
    assertEquals(refusal(() => requireSameOffer(first, { ...same, ...other })).code, "bad_message");
  }
});

Deno.test("requireOwn() hides the transfers of others", () => {
  const sending = new Sending<object>(record(), 0);
  assertEquals(requireOwn(sending, alice.uid), sending);
  assertEquals(refusal(() => requireOwn(sending, bob.uid)).code, "no_such_transfer");
  const none: Sending<object> | undefined = undefined;
  assertEquals(refusal(() => requireOwn(none, bob.uid)).code, "no_such_transfer");
});

function begun(stored = 0): { sending: Sending<object>; peer: object } {
  const [sending, peer] = [new Sending<object>(record(), stored), {}];
  sending.take(peer);
  return { sending, peer };
}

Deno.test("part() takes parts in order, from where the server is", () => {
  const { sending, peer } = begun(100);
  assert(sending.part(peer, { offset: 100, length: 400 }, true));
  assert(sending.part(peer, { offset: 500, length: 500 }, true));
  assertEquals([sending.offset, sending.stored], [1000, 100]);
  sending.requireWhole();
});

Deno.test("part() says which offset it wants, and drops the rest until resume", () => {
  const { sending, peer } = begun();
  const error = refusal(() => sending.part(peer, { offset: 1, length: 1 }, true));
  assertEquals([error.code, error.transfer, error.offset], ["bad_offset", transfer, 0]);
  assertEquals(sending.part(peer, { offset: 0, length: 1 }, true), false);
  sending.take(peer);
  assertEquals(sending.part(peer, { offset: 0, length: 1 }, true), true);
});

Deno.test("part() refuses what has no place, and what is beyond the size", () => {
  const { sending, peer } = begun();
  const early = refusal(() => sending.part(peer, { offset: 0, length: 1 }, false));
  assertEquals([early.code, early.transfer], ["not_granted", transfer]);
  sending.take(peer);
  const late = refusal(() => sending.part(peer, { offset: 0, length: 1001 }, true));
  assertEquals([late.code, sending.offset], ["file_size", 0]);
});

Deno.test("part() is moved to the connection that resumed last, and told once to the other", () => {
  const { sending, peer } = begun();
  const other = {};
  sending.take(other);
  const error = refusal(() => sending.part(peer, { offset: 0, length: 1 }, true));
  assertEquals([error.code, error.transfer], ["moved", transfer]);
  assertEquals(sending.part(peer, { offset: 0, length: 1 }, true), false);
  assert(sending.part(other, { offset: 0, length: 1 }, true));
  assertEquals([sending.lose(peer), sending.lose(other), sending.peer], [false, true, undefined]);
});

Deno.test("wrote() tells each MiB, and when all that came is written", () => {
  const MiB = 1024 * 1024;
  const sending = new Sending<object>(record(10 * MiB), 0);
  const peer = {};
  sending.take(peer);
  sending.part(peer, { offset: 0, length: 4 * MiB }, true);
  assertEquals(sending.wrote(MiB - 1), undefined);
  assertEquals(sending.wrote(1), MiB);
  assertEquals(sending.wrote(10), undefined);
  assertEquals(sending.wrote(3 * MiB - 10), 4 * MiB);
});

Deno.test("failed() goes back to what is written, and waits for a resume", () => {
  const { sending, peer } = begun();
  sending.part(peer, { offset: 0, length: 500 }, true);
  sending.wrote(200);
  sending.failed();
  assertEquals(sending.offset, 200);
  assertEquals(sending.part(peer, { offset: 500, length: 1 }, true), false);
  sending.take(peer);
  assert(sending.part(peer, { offset: 200, length: 800 }, true));
});

Deno.test("requireWhole() says which offset is wanted before the last byte", () => {
  const { sending, peer } = begun();
  sending.part(peer, { offset: 0, length: 999 }, true);
  const error = refusal(() => sending.requireWhole());
  assertEquals([error.code, error.offset], ["bad_offset", 999]);
});

Deno.test("requireHash() compares only where a hash was meant", () => {
  requireHash("a", undefined);
  requireHash("a", "a");
  assertEquals(refusal(() => requireHash("a", "b")).code, "bad_hash");
});

const entry: LibraryEntry = {
  conversation: roomId("Physics"),
  file: report,
  seq: 1,
  isGuest: true,
};

Deno.test("requireSeen() answers as if what one may not see weren't there", () => {
  assertEquals(requireSeen(entry, true), entry);
  assertEquals(refusal(() => requireSeen(entry, false)).code, "no_such_file");
  assertEquals(refusal(() => requireSeen(undefined, true)).code, "no_such_file");
  const declined = { ...entry, answer: "declined" } as const;
  assertEquals(refusal(() => requireSeen(declined, true)).code, "no_such_file");
});

Deno.test("requireRemovable() is for who shared it, and for who moderates them", () => {
  requireRemovable(entry, alice, false);
  requireRemovable(entry, bob, true);
  assertEquals(refusal(() => requireRemovable(entry, bob, false)).code, "not_allowed");
});

Deno.test("isStale() gives an unfinished transfer its hours, and a finishing one all the time", () => {
  const hour = 3_600_000;
  const bounds = { unfinishedHours: 24 };
  assertEquals(isStale(record(), 24 * hour - 1, bounds), false);
  assertEquals(isStale(record(), 24 * hour, bounds), true);
  const finishing = { ...record(), state: { is: "finishing", file: report } } as const;
  assertEquals(isStale(finishing, 99 * hour, bounds), false);
});

Deno.test("Sending takes each byte once and in order, whatever its senders do", () => {
  const chance = Chance.ofRun("parts");
  for (let run = 0; run < 300; run++) {
    const size = 1 + chance.below(60);
    const sending = new Sending<object>(record(size), 0);
    const peers = [{}, {}];
    // The model: which bytes came, who may send, and who is to say resume first.
    let [came, written]: [number[], number] = [[], 0];
    let holder: object | undefined;
    const refusedPeers = new Set<object>();
    for (let step = 0; step < 80; step++) {
      const peer = chance.pick(peers);
      const granted = !chance.once(9);
      switch (chance.below(6)) {
        case 0:
          sending.take(holder = peer);
          refusedPeers.delete(peer);
          break;
        case 1: {
          const bytes = chance.below(came.length - written + 1);
          sending.wrote(bytes);
          written += bytes;
          break;
        }
        case 2:
          if (!chance.once(4)) break;
          sending.failed();
          came = came.slice(0, written);
          if (holder) refusedPeers.add(holder);
          break;
        default: {
          const offset = chance.once(5) ? chance.below(size) : came.length;
          const length = 1 + chance.below(12);
          const bytes = Array.from({ length }, (_, index) => offset + index);
          const fits = peer === holder && granted && bytes[0] === came.length &&
            bytes.every((byte) => byte < size);
          if (refusedPeers.has(peer)) {
            assertEquals(sending.part(peer, { offset, length }, granted), false);
          } else if (fits) {
            assertEquals(sending.part(peer, { offset, length }, granted), true);
            came.push(...bytes);
          } else {
            assertEquals(
              refusal(() => sending.part(peer, { offset, length }, granted)).transfer,
              transfer,
            );
            refusedPeers.add(peer);
          }
        }
      }
      assertEquals([sending.offset, sending.stored], [came.length, written]);
      assertEquals(came, Array.from({ length: came.length }, (_, index) => index));
    }
    if (came.length === size) sending.requireWhole();
    else assertEquals(refusal(() => sending.requireWhole()).offset, came.length);
  }
});
