import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { paced } from "../../lib/net/pace.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const { webSlowMs, webBytesPerSecondMin } = limits;

/** A body whose chunks a test lets come. */
class Body implements AsyncIterable<Uint8Array> {
  #chunk = Promise.withResolvers<Uint8Array | undefined>();
  isClosed = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = await this.#chunk.promise; chunk; chunk = await this.#chunk.promise) {
        this.#chunk = Promise.withResolvers();
        yield chunk;
      }
    } finally {
      this.isClosed = true;
    }
  }

  /** So many bytes come; none: it is over. */
  come(bytes: number): void {
    this.#chunk.resolve(bytes === 0 ? undefined : new Uint8Array(bytes));
  }
}

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

Deno.test("a body that comes slowly and steadily is taken, however long that takes", async () => {
  const [clock, body] = [new FakeClock(), new Body()];
  const read = lengthOf(paced(body, clock));
  for (let second = 0; second < 200; second++) {
    body.come(webBytesPerSecondMin);
    await clock.tick(1000);
  }
  body.come(0);
  assertEquals(await read, 200 * webBytesPerSecondMin);
  assertEquals([body.isClosed, clock.waiting], [true, 0]);
});

Deno.test("a body that drips is too slow, each byte that comes puts nothing off", async () => {
  const [clock, body] = [new FakeClock(), new Body()];
  const read = assertRejects(() => lengthOf(paced(body, clock)), ChatError, "each second");
  for (let ms = 0; ms < webSlowMs; ms += 1000) {
    body.come(1);
    await clock.tick(1000);
  }
  assertEquals((await read).code, "too_slow");
  assertEquals(clock.waiting, 0);
});

Deno.test("a body that began fast may not drip for ever after that", async () => {
  const [clock, body] = [new FakeClock(), new Body()];
  const read = assertRejects(() => lengthOf(paced(body, clock)), ChatError);
  body.come(100 * 1024 * 1024);
  await clock.tick(webSlowMs);
  for (let ms = 0; ms < webSlowMs; ms += 10_000) {
    body.come(1);
    await clock.tick(10_000);
  }
  assertEquals((await read).code, "too_slow");
});

Deno.test("the time in which nobody pulls a body is no time in which it is slow", async () => {
  const [clock, body] = [new FakeClock(), new Body()];
  const chunks = paced(body, clock);
  for (let time = 0; time < 10; time++) {
    body.come(1);
    assertEquals((await chunks.next()).value?.length, 1);
    await clock.tick(10 * webSlowMs);
  }
  await chunks.return(undefined);
  assertEquals(body.isClosed, true);
});

Deno.test("what a body throws is thrown, and nothing waits on", async () => {
  const clock = new FakeClock();
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1);
    throw new TypeError("The peer is lost");
  }
  await assertRejects(() => lengthOf(paced(failing(), clock)), TypeError, "lost");
  assertEquals(clock.waiting, 0);
});
