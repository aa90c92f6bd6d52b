/** A connection of the load client: lines, and bytes that are looked at where they lie. */

const newline = 10;
const bufferBytes = 256 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One connection. One call of each kind at a time. */
export class FileStream implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(bufferBytes);
  #from = 0;
  #to = 0;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<FileStream> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    return new FileStream(conn);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  async writeText(text: string): Promise<void> {
    await this.write(encoder.encode(text));
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(newline, this.#from);
      // The buffer may hold older bytes behind those that have come.
      if (end >= 0 && end < this.#to) {
        const line = decoder.decode(this.#buffer.subarray(this.#from, end));
        this.#from = end + 1;
        return line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      this.#buffer.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
      await this.#read();
    }
  }

  /** Hands the next `count` bytes on, in pieces that are good until `take` returns. */
  async bytes(count: number, take: (piece: Uint8Array) => void): Promise<void> {
    for (let left = count; left > 0;) {
      if (this.#from === this.#to) {
        this.#from = this.#to = 0;
        await this.#read();
      }
      const piece = this.#buffer.subarray(this.#from, Math.min(this.#to, this.#from + left));
      take(piece);
      this.#from += piece.length;
      left -= piece.length;
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #read(): Promise<void> {
    const count = await this.#conn.read(this.#buffer.subarray(this.#to));
    if (count === null) throw new Error("The server has ended the connection");
    this.#to += count;
  }
}
