import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { figureNames } from "../bench/figures.ts";
import { pieceBytes, randomPiece, stamp, StampCheck } from "../bench/files/stamps.ts";
import { Ledger } from "../bench/ledger.ts";
import { measure } from "../bench/load.ts";
import { type Order, orderArgs, readOrder, usualOrder } from "../bench/order.ts";
import { Payload } from "../bench/payload.ts";
import { readSettings } from "../bench/settings.ts";
import { median, percentile } from "../bench/statistics.ts";
import { checkFields, type Field, flag, list, note, record } from "../lib/wire/fields.ts";
import { parseLine } from "../lib/wire/decode.ts";

const amount: Field<number, "needed"> = {
  must: "a number over 0",
  presence: "needed",
  check: (value) => typeof value === "number" && value > 0 ? value : undefined,
};
const figures = list(record({ name: note(50), what: note(200) }), 100);

Deno.test("bench measures the real server and a bare one, and prints every figure", async () => {
  const main = fromFileUrl(new URL("../bench/main.ts", import.meta.url));
  const tiny = "--json --runs=1 --conns=6 --senders=2 --idle-conns=20 --seconds=0.2"
    .split(" ").concat("--warm-seconds=0.1", "--commits=10", "--rate=100");
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", main, ...tiny],
    stderr: "inherit",
  }).output();
  const told = parseLine(new TextDecoder().decode(stdout)) ?? {};
  const checked = checkFields({ verified: flag, figures }, told);
  assertEquals(told.faults, []);
  assertEquals(code, 0);
  assert(checked?.verified);
  assertEquals(checked.figures.map(({ name }) => name), Object.keys(figureNames));
  const deliveries = checkFields(
    { parley: amount, bare: amount, ratio: amount },
    Array.isArray(told.figures) ? told.figures[0] : {},
  );
  assert(deliveries, `There is no ratio in ${JSON.stringify(told.figures)}`);
});

Deno.test("bench --files moves a file there and back, with what is to be had here", async () => {
  const main = fromFileUrl(new URL("../bench/main.ts", import.meta.url));
  const tiny = "--files --json --runs=1 --mib=4 --servers=parley,bare,hashed,nginx".split(" ");
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", main, ...tiny],
    stderr: "inherit",
  }).output();
  const told = parseLine(new TextDecoder().decode(stdout)) ?? {};
  assertEquals(told.faults, []);
  assertEquals(code, 0);
  const leg = record({ rate: amount, range: list(amount, 2) });
  const rates = list(record({ server: note(20), upload: leg, download: leg }), 10);
  const skipped = list(record({ server: note(20), why: note(200) }), 10);
  const checked = checkFields({ verified: flag, rates, skipped }, told);
  assert(checked?.verified);
  assertEquals(
    [...checked.rates, ...checked.skipped].map(({ server }) => server).toSorted(),
    ["bare", "hashed", "nginx", "parley"],
  );
  assert(checked.rates.length >= 3);
});

Deno.test("StampCheck finds bytes that are lost, doubled or elsewhere, however they are cut", () => {
  const whole = new Uint8Array(3 * pieceBytes);
  for (let at = 0; at < whole.length; at += pieceBytes) {
    const piece = randomPiece();
    stamp(piece, at);
    whole.set(piece, at);
  }
  const wrongIn = (bytes: Uint8Array, step: number) => {
    const check = new StampCheck();
    for (let at = 0; at < bytes.length; at += step) check.take(bytes.subarray(at, at + step));
    assertEquals(check.bytes, bytes.length);
    return check.wrong;
  };
  for (const step of [4095, 4097, 100_000, whole.length]) assertEquals(wrongIn(whole, step), 0);
  const [from, to] = [pieceBytes, 2 * pieceBytes];
  const lost = [whole.subarray(0, from), whole.subarray(to)];
  const doubled = [whole.subarray(0, to), whole.subarray(from, to), whole.subarray(to)];
  const swapped = [whole.subarray(from, to), whole.subarray(0, from), whole.subarray(to)];
  for (const pieces of [lost, doubled, swapped]) {
    const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
    assert(wrongIn(bytes, 5000) > 0);
  }
});

const right = { lost: 0, doubled: 0, disordered: 0, corrupt: 0 };
const plantings: readonly (readonly [string, readonly number[], object])[] = [
  ["nothing wrong", [0, 1, 2, 3], {}],
  ["one lost in the middle", [0, 1, 3], { lost: 1 }],
  ["the last ones lost", [0, 1], { lost: 2 }],
  ["one doubled", [0, 1, 1, 2, 3], { doubled: 1 }],
  ["two swapped", [0, 2, 1, 3], { disordered: 1 }],
  ["a late one doubled", [0, 2, 1, 1, 3], { disordered: 1, doubled: 1 }],
  ["one that nobody sent", [0, 1, 2, 3, 4], { corrupt: 1 }],
];

for (const [what, seqs, faults] of plantings) {
  Deno.test(`Ledger finds ${what}`, () => {
    const ledger = new Ledger({ receivers: 1, senders: 1, window: 4, hears: () => true });
    for (let said = 0; said < 4; said++) ledger.send(0);
    for (const seq of seqs) ledger.take(0, 0, seq);
    assertEquals(ledger.faults(), { ...right, ...faults });
  });
}

Deno.test("Ledger lets a sender go on when every receiver has a message, not before", () => {
  const ledger = new Ledger({ receivers: 3, senders: 1, window: 1, hears: (to) => to < 2 });
  ledger.send(0);
  ledger.take(0, 0, 0);
  assertEquals(ledger.outstanding[0], 1);
  ledger.take(1, 0, 0);
  assertEquals(ledger.outstanding[0], 0);
});

Deno.test("Ledger counts what comes to somebody it isn't for", () => {
  const ledger = new Ledger({ receivers: 2, senders: 1, window: 1, hears: (to) => to === 0 });
  ledger.send(0);
  ledger.take(1, 0, 0);
  assertEquals(ledger.faults(), { ...right, lost: 1, corrupt: 1 });
});

Deno.test("Payload reads back what it wrote, and refuses any changed byte", () => {
  const payload = new Payload(60);
  const line = new TextEncoder().encode(`{"text":"${payload.blank(7)}"}`);
  const at = payload.find(line, 0, line.length);
  payload.write(line, at, 258, 1_000_001);
  assert(payload.read(line, at, line.length));
  assertEquals([payload.sender, payload.seq, payload.due], [7, 258, 1_000_001]);
  for (let index = at + 4; index < at + 60; index++) {
    const changed = line.slice();
    changed[index] = 33;
    assert(!payload.read(changed, at, line.length), `byte ${index - at} of the payload`);
  }
  assert(!payload.read(line, at, at + 59), "cut short");
});

/**
 * A server that fans out as the bare one does, but what it has for the second connection goes
 * through `tamper` first, until that has changed something.
 */
class LyingServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns: Deno.TcpConn[] = [];
  readonly #tamper: (lines: string[]) => string[];
  #lied = false;

  constructor(tamper: (lines: string[]) => string[]) {
    this.#tamper = tamper;
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) {
      this.#conns.push(conn);
      void this.#serve(conn);
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    let rest = "";
    for await (const text of conn.readable.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const said = lines.filter((line) => line.includes('"say"'));
      if (said.length > 0) this.#fanOut(said);
      for (const line of lines.filter((line) => !line.includes('"say"'))) {
        void send(conn, [JSON.stringify({ t: "ok", re: parseLine(line)?.id })]);
      }
    }
  }

  #fanOut(said: readonly string[]): void {
    for (const [index, conn] of this.#conns.entries()) {
      void send(conn, index === 1 && !this.#lied ? this.#changed(said) : said);
    }
  }

  #changed(said: readonly string[]): readonly string[] {
    const changed = this.#tamper([...said]);
    this.#lied = changed.join() !== said.join();
    return changed;
  }
}

/** Small enough to be taken at once. */
async function send(conn: Deno.TcpConn, lines: readonly string[]): Promise<void> {
  await conn.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")))
    .catch(() => {});
}

const lies: readonly (readonly [string, (lines: string[]) => string[], object])[] = [
  ["tells the truth", (lines) => lines, {}],
  ["loses a delivery", (lines) => lines.slice(1), { lost: 1 }],
  ["doubles a delivery", ([first, ...rest]) => [first, first, ...rest], { doubled: 1 }],
  ["swaps two deliveries", swapped, { disordered: 1 }],
  ["changes a byte", ([first, ...rest]) => [first.replace("abc", "abd"), ...rest], {
    corrupt: 1,
    lost: 1,
  }],
];

function swapped([first, second, ...rest]: string[]): string[] {
  return second === undefined ? [first] : [second, first, ...rest];
}

for (const [what, tamper, faults] of lies) {
  Deno.test(`the load client notices that a server ${what}`, async () => {
    using server = new LyingServer(tamper);
    const order: Order = {
      ...usualOrder,
      ...{ port: server.port, conns: 3, senders: 1, window: 4, bytes: 60 },
      ...{ seconds: 0.1, warmSeconds: 0, answers: false },
    };
    const result = await measure(order);
    const none = { ...right, unanswered: 0, refused: 0, ended: 0 };
    assertEquals(result.faults, { ...none, ...faults });
    assertEquals(result.verified, Object.keys(faults).length === 0);
    assert(result.delivered > 4);
  });
}

Deno.test("an order survives being arguments", () => {
  const order: Order = { ...usualOrder, measure: "idle", port: 7, named: false };
  assertEquals(readOrder(orderArgs(order)), order);
});

Deno.test("a wrong option of the benchmark is refused with a sentence", () => {
  const message = (run: () => unknown): string => {
    try {
      run();
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  assertMatch(message(() => readSettings(["--conn=5"])), /^There is no option "--conn=5"/);
  assertMatch(message(() => readSettings(["--runs=x"])), /^Cannot take "--runs=x"/);
  assertMatch(message(() => readSettings(["--conns=1"])), /more senders than connections/);
  assertMatch(message(() => readOrder(["--port=0"])), /^Cannot take "--port=0"/);
  assertMatch(message(() => readSettings(["--servers=ftp"])), /^There is no server "ftp"/);
  assertStringIncludes(String(readSettings(["--", "--help"])), "--pin");
});

Deno.test("percentile() and median() are values that came", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assertEquals([percentile(values, 50), percentile(values, 99), percentile([], 50)], [5, 10, 0]);
  assertEquals([median([3, 1, 2]), median([4, 1, 2, 3]), median([])], [2, 2.5, 0]);
});
