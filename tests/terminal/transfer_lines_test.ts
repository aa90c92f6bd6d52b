import { assert, assertEquals } from "@std/assert";
import { sizeText, timeText } from "../../lib/client/amounts.ts";
import type { TransferStanding, TransferView } from "../../lib/client/transfer_state.ts";
import { ChatError } from "../../lib/errors.ts";
import { fileLines, footLines, progressLine } from "../../lib/terminal/transfer_lines.ts";
import { width } from "../../lib/terminal/wrap.ts";
import { sharedFile, someBytes } from "../helpers/transfer_scene.ts";
import { at, viewOf } from "./views.ts";

function transferOf(more: Partial<TransferView> = {}): TransferView {
  return {
    ...{ number: 1, way: "up", name: "notes.txt", place: { room: "lobby" } },
    ...{ bytes: 4_500_000, size: 10_000_000, rate: 1_000_000, standing: { is: "moving" } },
    ...more,
  };
}

Deno.test("a transfer's line has a bar, a rate and the time left", () => {
  const line = progressLine(transferOf(), viewOf({ columns: 80 }));
  assertEquals(line, "↑ notes.txt █████████░░░░░░░░░░░  45% 1 MB/s 6 s");
});

const standings: readonly [TransferStanding, string][] = [
  [{ is: "waiting" }, "waiting"],
  [{ is: "queued", place: 3 }, "place 3 in the queue"],
  [{ is: "checking" }, "checking"],
  [{ is: "failed", error: new ChatError("disk_full", "No\nroom") }, "failed: No room"],
  [{ is: "cancelled" }, "cancelled"],
];

for (const [standing, text] of standings) {
  Deno.test(`a transfer that is ${standing.is} says "${text}"`, () => {
    const line = progressLine(transferOf({ standing }), viewOf({ columns: 80 }));
    assert(line.endsWith(`45% ${text}`), line);
  });
}

for (const columns of [10, 20, 40, 200]) {
  Deno.test(`a transfer's line fits ${columns} columns`, () => {
    const name = "報告書 with a very long name.pdf";
    const line = progressLine(transferOf({ name, way: "down" }), viewOf({ columns }));
    assert(width(line) < columns, line);
  });
}

Deno.test("of many transfers three are shown and the rest counted", () => {
  const many = Array.from({ length: 9 }, (_, index) => transferOf({ number: index }));
  const lines = footLines(many, viewOf({ columns: 80 }));
  assertEquals(lines.length, 4);
  assertEquals(lines[3], "… and 6 more files, 33 MB to go; /transfers lists them");
});

Deno.test("files are listed with uploader, time, size and place", () => {
  const file = { ...sharedFile(someBytes(3)), at, size: 12_345_678 };
  const lines = fileLines(
    [file, { ...file, room: "dev", folder: "a/b", name: "x\u001b[2J.txt" }],
    viewOf({ columns: 80, here: { room: "lobby" } }),
    at,
  );
  assertEquals(lines, [
    "2 files",
    "  1. 12.3 MB notes.txt bob, 14:02",
    "  2. 12.3 MB a/b/x.txt bob, 14:02 in #dev",
  ]);
});

Deno.test("sizes and times are short", () => {
  assertEquals([0, 999, 1500, 2_500_000, 3e9].map(sizeText), [
    ...["0 B", "999 B", "2 kB", "2.5 MB", "3 GB"],
  ]);
  assertEquals([0.4, 59, 61, 3599, 3661].map(timeText), [
    "1 s",
    "59 s",
    "1:01",
    "59:59",
    "1:01:01",
  ]);
});
