import { assertEquals } from "@std/assert";
import { Payload } from "../bench/payload.ts";
import { Transcript } from "../bench/nodes/transcript.ts";

const encoder = new TextEncoder();
const none = { lost: 0, doubled: 0, disordered: 0, corrupt: 0, unanswered: 0, refused: 0 };
const receivers = 4;
const senders = 2;

/** A message as one receiver is told it, or as everybody is. */
function line(sender: number, number: number, seq: number, receiver?: number): string {
  const payload = new Payload(60);
  const text = encoder.encode(payload.blank(sender));
  payload.write(text, 0, number, 0);
  const digits = number.toString(16).padStart(8, "0");
  const cid = receiver === sender ? `,"cid":"bench-${sender}-${digits}"` : "";
  return `{"t":"said","text":"${new TextDecoder().decode(text)}","seq":${seq},"at":5${cid}}\n`;
}

function ok(number: number, seq: number): string {
  return `{"t":"ok","re":"${number.toString(16).padStart(8, "0")}","seq":${seq},"at":5}\n`;
}

/** What each receiver is told where all is as it must be: four messages, and answers in between. */
function told(receiver: number): string[] {
  const messages = [[0, 0], [1, 0], [0, 1], [1, 1]] as const;
  return messages.flatMap(([sender, number], index) => {
    const message = line(sender, number, 7 + index, receiver);
    return receiver === sender ? [message, ok(number, 7 + index)] : [message];
  });
}

/** What is found where one receiver is told something else; bytes come in pieces of whole lines. */
function foundIn(change: (lines: string[], receiver: number) => string[], linesAtOnce: number) {
  const payload = new Payload(60);
  const transcript = new Transcript({ receivers, senders, payload, bytesMax: 10_000 });
  for (let number = 0; number < 2; number++) {
    for (let sender = 0; sender < senders; sender++) transcript.send(sender);
  }
  const all = Array.from({ length: receivers }, (_, receiver) => change(told(receiver), receiver));
  for (let from = 0; from < 20; from += linesAtOnce) {
    for (const [receiver, lines] of all.entries()) {
      const bytes = encoder.encode(lines.slice(from, from + linesAtOnce).join(""));
      transcript.take(receiver, bytes, bytes.length);
    }
    transcript.count();
  }
  return {
    isLevel: transcript.isLevel,
    messages: transcript.messages,
    faults: transcript.faults(),
  };
}

const pieces = [1, 2, 3, 20];

Deno.test("a transcript in which all is right says so, however it comes", () => {
  for (const linesAtOnce of pieces) {
    assertEquals(foundIn((lines) => lines, linesAtOnce), {
      isLevel: true,
      messages: 4,
      faults: none,
    });
  }
});

const without = (lines: string[], index: number) => lines.toSpliced(index, 1);
const isMessage = (line: string, seq: number) =>
  line.startsWith('{"t":"said"') && line.includes(`"seq":${seq},`);
const swapped = (lines: string[]) => {
  const [one, two] = [7, 8].map((seq) => lines.findIndex((line) => isMessage(line, seq)));
  return lines.with(one, lines[two]).with(two, lines[one]);
};
const lies: Readonly<Record<string, (lines: string[]) => string[]>> = {
  "one message lost": (lines) => without(lines, lines.length - 2),
  "the last message lost": (lines) => lines.slice(0, -1),
  "one message doubled": ([first, ...rest]) => [first, first, ...rest],
  "two messages swapped": swapped,
  "another seq": (lines: string[]) => lines.map((line) => line.replace('"seq":9', '"seq":8')),
  "another byte": (lines) =>
    lines.map((line) => isMessage(line, 10) ? line.replace("abc", "abd") : line),
  "what nobody said": (lines) => [...lines, line(0, 2, 11)],
  "a cid that isn't theirs": (lines) => lines.with(0, line(0, 0, 7, 0)),
  "a refusal": (lines) => ['{"t":"refused","code":"internal","message":"no"}\n', ...lines],
};

for (const [what, lie] of Object.entries(lies)) {
  Deno.test(`a transcript finds ${what}, whoever is told so`, () => {
    for (const linesAtOnce of pieces) {
      for (let liar = 0; liar < receivers; liar++) {
        if (what.startsWith("a cid") && liar === 0) continue;
        const change = (lines: string[], receiver: number) =>
          receiver === liar ? lie(lines) : lines;
        const { faults } = foundIn(change, linesAtOnce);
        const count = Object.values(faults).reduce((sum, one) => sum + one, 0);
        assertEquals(count > 0, true, `told to ${liar}, ${linesAtOnce} lines at once`);
      }
    }
  });
}

Deno.test("a transcript finds that what all are told is wrong", () => {
  const all = (lie: (lines: string[]) => string[]) => foundIn((lines) => lie(lines), 20).faults;
  const others = (lines: string[]) => lines.filter((line) => !line.includes('"ok"'));
  assertEquals(all((lines) => lines.filter((line) => !line.includes('"seq":8'))).lost > 0, true);
  assertEquals(all(([first, ...rest]) => [first, first, ...rest]).doubled > 0, true);
  const again = (lines: string[]) => lines.map((line) => line.replace('"seq":9', '"seq":8'));
  assertEquals(all(again).disordered > 0, true);
  assertEquals(all(others), { ...none, unanswered: 4 });
});
