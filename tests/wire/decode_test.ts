import { assertEquals, assertThrows } from "@std/assert";
import { decodeAnswer, decodeEvent, decodeStored } from "../../lib/wire/decode.ts";
import { commandOf, decodeRequest } from "../../lib/wire/decode_request.ts";
import { wireEvent } from "../../lib/wire/encode.ts";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { partBytesOf, toBase64 } from "../../lib/wire/part_bytes.ts";
import type { CommandName } from "../../lib/protocol.ts";
import { bob, event, report } from "../contract/scene.ts";

function refusal(run: () => unknown): string {
  return assertThrows(run, ChatError).code;
}

Deno.test("decodeRequest() refuses a fetch without id, as nothing would tell its parts", () => {
  assertEquals(refusal(() => decodeRequest({ t: "fetch", file: "f" })), "bad_message");
  assertEquals(decodeRequest({ t: "fetch", id: 1, file: "f" }).id, 1);
});

const wrong: readonly (readonly [CommandName, object])[] = [
  ["offer", { room: "lobby", name: "a", size: -1 }],
  ["offer", { room: "lobby", name: "a", size: 1.5 }],
  ["offer", { room: "lobby", name: "a", size: 2 ** 53 }],
  ["offer", { room: "lobby", name: "a", size: 1, mime: "text/html\r\nX: y" }],
  ["offer", { room: "lobby", name: "a", size: 1, mime: "text" }],
  ["part", { transfer: "t", offset: 0, data: "" }],
  ["part", { transfer: "t", offset: 0, data: "abc" }],
  ["part", { transfer: "t", offset: 0, data: "ab c" }],
  ["part", { transfer: "t", offset: 0, data: "A".repeat(limits.dataBytesMax / 3 * 4 + 4) }],
  ["part", { transfer: "t", offset: 0, encoding: "br" }],
  ["finish", { transfer: "t", sha256: "00" }],
  ["finish", { transfer: "t", sha256: "g".repeat(64) }],
  ["fetch", { file: "f", offset: -1 }],
  ["cancel", { fetch: {} }],
];

for (const [name, fields] of wrong) {
  Deno.test(`commandOf() refuses ${name} with ${JSON.stringify(fields).slice(0, 70)}`, () => {
    assertEquals(refusal(() => commandOf(name, { ...fields })), "bad_message");
  });
}

Deno.test("commandOf() takes a hash in capitals, and a media type with its charset", () => {
  const sha256 = "AB".repeat(32);
  assertEquals(commandOf("finish", { transfer: "t", sha256 }).sha256, sha256.toLowerCase());
  const mime = "text/plain; charset=utf-8";
  assertEquals(commandOf("offer", { room: "r", name: "a", size: 0, mime }).mime, mime);
});

Deno.test("decodeAnswer() keeps which transfer and offset a refused part belongs to", () => {
  const frame = { t: "refused", code: "bad_offset", message: "m", transfer: "t", offset: 5 };
  const answer = decodeAnswer(frame);
  assertEquals(answer?.t === "refused" && [answer.transfer, answer.offset], ["t", 5]);
});

Deno.test("a shared file has its conversation on the wire, and comes back as the log has it", () => {
  const shared = event(1, { t: "shared", file: report });
  const place = { room: "@Bob", with: bob.uid };
  const frame = wireEvent(shared, place);
  assertEquals(frame.file, { ...report, ...place });
  assertEquals(decodeEvent(frame), { ...shared, ...place });
  assertEquals(decodeStored(frame), { ...shared, ...place });
});

Deno.test("decodeStored() takes no event without a seq, and none that isn't whole", () => {
  const seen = { t: "seen", room: "lobby", user: "Alice", seq: 3, at: 4 };
  assertEquals(decodeEvent(seen), { t: "seen", room: "lobby", user: "Alice", seq: 3 });
  assertEquals(decodeStored(seen), undefined);
  const by = { room: "lobby", user: "Bob", uid: bob.uid };
  const said = { t: "said", seq: 1, at: 2, ...by, text: "hi" } as const;
  assertEquals(decodeStored(said), said);
  assertEquals(decodeStored({ ...said, at: "later" }), undefined);
  assertEquals(decodeStored({ ...said, t: "sung" }), undefined);
});

Deno.test("partBytesOf() takes bytes behind the line or in data, and not both or none", () => {
  const bytes = new Uint8Array(limits.dataBytesMax).map((_, index) => index);
  const data = toBase64(bytes);
  assertEquals(partBytesOf({ offset: 0, data }, undefined), {
    bytes,
    isGzip: false,
    length: bytes.length,
  });
  assertEquals(partBytesOf({ offset: 0, bytes: bytes.length }, bytes).bytes, bytes);
  assertEquals(refusal(() => partBytesOf({ offset: 0, data }, bytes)), "bad_message");
  assertEquals(refusal(() => partBytesOf({ offset: 0 }, undefined)), "bad_message");
});

Deno.test("partBytesOf() counts a compressed part by what it comes to", () => {
  const body = new Uint8Array(3);
  const gzip = { offset: 0, bytes: 3, encoding: "gzip" } as const;
  assertEquals(partBytesOf({ ...gzip, raw: 9 }, body).length, 9);
  assertEquals(refusal(() => partBytesOf(gzip, body)), "bad_message");
  const raw = limits.bodyBytesMax + 1;
  assertEquals(refusal(() => partBytesOf({ ...gzip, raw }, body)), "bad_message");
});
