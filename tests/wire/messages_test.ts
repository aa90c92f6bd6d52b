import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { MessageCutter, MessageReader } from "../../lib/wire/messages.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is sent for these bytes, each message as its kind and its text. */
function cut(...chunks: readonly Uint8Array[]): [string, string][] {
  const cutter = new MessageCutter();
  const messages: [string, string][] = [];
  for (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      const { length, isBinary } = cutter.next(rest);
      assert(length > 0 && length <= rest.length, `a message of ${length} bytes`);
      messages.push([isBinary ? "binary" : "text", decoder.decode(rest.subarray(0, length))]);
      rest = rest.subarray(length);
    }
  }
  return messages;
}

function bytesOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  return new Uint8Array(all.flatMap((part) => [...part]));
}

function line(json: object): string {
  return JSON.stringify(json) + "\n";
}

Deno.test("MessageCutter puts lines into one message, and a body into one of its own", () => {
  const said = line({ t: "said", text: "größer" });
  const part = line({ t: "part", re: 1, bytes: 5 });
  assertEquals(cut(bytesOf(said, said, part, "12345", said, part, "\n\n{}\n", said)), [
    ["text", said + said + part],
    ["binary", "12345"],
    ["text", said + part],
    ["binary", "\n\n{}\n"],
    ["text", said],
  ]);
});

Deno.test("MessageCutter takes only a field for a body, wherever it stands, not a text", () => {
  const text = line({ t: "said", text: '"bytes":5' });
  const inside = line({ t: "ok", file: { bytes: 5 } });
  const none = line({ t: "part", bytes: 0 });
  assertEquals(cut(bytesOf(text, inside, none)), [["text", text + inside + none]]);
  const last = line({ offset: 0, bytes: 3, t: "part" });
  assertEquals(cut(bytesOf(inside, last, "abc")), [["text", inside + last], ["binary", "abc"]]);
});

Deno.test("MessageCutter remembers a body that comes with the next bytes", () => {
  const part = line({ t: "part", bytes: 3 });
  assertEquals(cut(bytesOf(part), bytesOf("abc", "{}\n")), [
    ["text", part],
    ["binary", "abc"],
    ["text", "{}\n"],
  ]);
});

Deno.test("MessageCutter ends a message at a line near 64 KiB, and never within one", () => {
  const short = line({ t: "said", text: "é".repeat(1000) });
  const long = line({ t: "ok", text: "x".repeat(200_000) });
  const messages = cut(bytesOf(short.repeat(70), long, short));
  assertEquals(messages.map(([, text]) => text).join(""), short.repeat(70) + long + short);
  for (const [, text] of messages) {
    assert(text.endsWith("\n"));
    assert(encoder.encode(text).length <= 64 * 1024 || text === long);
  }
});

function reader(): MessageReader {
  return new MessageReader({ lineBytesMax: limits.lineBytesInMax, keepsBody: () => true });
}

Deno.test("MessageReader makes frames of the lines of a message, with or without a last end", () => {
  const frames = reader().take(bytesOf('{"t":"a"}\n{"t":"b"}\r\n\n{"t":"c"}'), false);
  assertEquals(frames?.map((frame) => frame.is === "object" && frame.json.t), ["a", "b", "c"]);
});

Deno.test("MessageReader gives a line its body out of the next message", () => {
  const messages = reader();
  assertEquals(messages.take(bytesOf(line({ t: "part", bytes: 3 })), false), []);
  assertEquals(messages.bodyBytes, 3);
  const [frame] = messages.take(bytesOf("abc"), true) ?? [];
  assert(frame.is === "object");
  assertEquals(decoder.decode(frame.body), "abc");
  assertEquals(messages.bodyBytes, 0);
});

Deno.test("MessageReader takes nothing but what has to come", () => {
  const announced = bytesOf(line({ t: "part", bytes: 3 }));
  const wrong: readonly [string, readonly (readonly [Uint8Array, boolean])[]][] = [
    ["bytes that nobody announced", [[bytesOf("abc"), true]]],
    ["a text where bytes have to come", [[announced, false], [bytesOf("abc"), false]]],
    ["too few bytes", [[announced, false], [bytesOf("ab"), true]]],
    ["too many bytes", [[announced, false], [bytesOf("abcd"), true]]],
    ["bytes behind their line", [[bytesOf(line({ t: "part", bytes: 3 }), "abc\n"), false]]],
    ["no bytes at all", [[announced, false], [bytesOf(), true]]],
  ];
  for (const [what, messages] of wrong) {
    const one = reader();
    const taken = messages.map(([bytes, isBinary]) => one.take(bytes, isBinary));
    assertEquals(taken.at(-1), undefined, what);
  }
});

Deno.test("MessageReader says where a line is too long", () => {
  const frames = reader().take(encoder.encode("x".repeat(limits.lineBytesInMax + 1)), false);
  assertEquals(frames?.map(({ is }) => is), ["too_long"]);
});
