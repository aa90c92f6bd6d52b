/** When a peer can't get rid of more. */

/** Ways through the system there and back in which bytes of another connection come. */
const passes = 50;

/** Resolves when some of `sent` went out and, while others were served by `pass`, nothing more. */
export async function standsStill(
  sent: () => number,
  pass: () => Promise<unknown>,
): Promise<void> {
  for (let last = 0; last === 0 || last !== sent();) {
    last = sent();
    for (let count = 0; count < passes; count++) await pass();
  }
}

/** Sends the same until so many bytes went out; the rest of what is sent, and how it ends. */
export function pouring(
  conn: Pick<Deno.Conn, "write">,
  bytes: Uint8Array,
  bytesMax: number,
): { readonly sent: () => number; readonly over: Promise<void> } {
  let sent = 0;
  async function pour(): Promise<void> {
    while (sent < bytesMax) {
      const at = sent % bytes.length;
      sent += await conn.write(bytes.subarray(at, at + bytesMax - sent));
    }
  }
  return { sent: () => sent, over: pour() };
}
