/** Parts that are compressed: one member of gzip each. A leaf. */

import { ChatError } from "../errors.ts";

/**
 * What is given to the decompressor at once: it may come to a thousand times as much, all of which
 * is in memory before it can be counted.
 */
const sliceBytes = 4 * 1024;

/** `bytes` as one member of gzip. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new CompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const [whole] = await Promise.all([
    new Response(stream.readable).arrayBuffer(),
    writer.write(bytes),
    writer.close(),
  ]);
  return new Uint8Array(whole);
}

/**
 * The `length` bytes that one member of gzip holds. Takes little more memory than that, whatever is
 * in it.
 *
 * @throws {ChatError} `bad_message` where it isn't exactly that.
 */
export async function gunzip(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const raw = new Uint8Array(length);
  const stream = new DecompressionStream("gzip");
  const reader = stream.readable.getReader();
  const feeding = feed(stream.writable.getWriter(), bytes);
  // What is wrong comes out of the other end, too.
  feeding.catch(() => {});
  let at = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (at + value.length > length) throw new RangeError("more than was said");
      raw.set(value, at);
      at += value.length;
    }
    await feeding;
  } catch {
    await reader.cancel().catch(() => {});
    throw notGzip(length);
  }
  if (at !== length) throw notGzip(length);
  return raw;
}

/** Whether `compressed` bytes are less than `raw` by a third or more. */
export function shrinks(compressed: number, raw: number): boolean {
  return compressed * 3 <= raw * 2;
}

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    await writer.ready;
    await writer.write(bytes.slice(at, at + sliceBytes));
  }
  await writer.close();
}

function notGzip(length: number): ChatError {
  const must = `its bytes must be one member of gzip that holds ${length} bytes`;
  return new ChatError("bad_message", `Cannot take the part: ${must}`);
}
