import { assert, assertEquals, assertRejects } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { type Socket, webDial } from "../../web/dial.ts";

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  readonly sent: (string | Uint8Array)[] = [];
  isClosed = false;
  onopen: Socket["onopen"] = null;
  onclose: Socket["onclose"] = null;
  onmessage: Socket["onmessage"] = null;

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.(new Event("open"));
  }

  comes(data: string | ArrayBuffer): void {
    this.onmessage?.(new MessageEvent("message", { data }));
  }

  ends(): void {
    this.onclose?.(new CloseEvent("close"));
  }
}

async function dialled() {
  const socket = new FakeSocket();
  const waiting: (() => void)[] = [];
  const dial = webDial({
    open: () => socket,
    remote: "server",
    now: () => 7,
    after: (_ms, run) => waiting.push(run),
  });
  const dialling = dial();
  socket.opens();
  return { socket, waiting, connection: await dialling };
}

const lines = (...all: readonly object[]) =>
  new TextEncoder().encode(all.map((line) => `${JSON.stringify(line)}\n`).join(""));

Deno.test("webDial() fails where the server can't be reached", async () => {
  const socket = new FakeSocket();
  const dial = webDial({ open: () => socket, remote: "s", now: () => 0, after: () => {} });
  const dialling = dial();
  socket.ends();
  await assertRejects(() => dialling, Error, "can't be reached");
});

Deno.test("write() sends lines as text, and a body as a message of its own", async () => {
  const { socket, connection } = await dialled();
  const body = Uint8Array.of(1, 2, 3);
  const bytes = new Uint8Array([...lines({ t: "ping" }, { t: "part", bytes: 3 }), ...body]);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  assertEquals(socket.sent.length, 2);
  assertEquals(socket.sent[0], '{"t":"ping"}\n{"t":"part","bytes":3}\n');
  assertEquals(socket.sent[1], body);
});

Deno.test("write() waits while the browser holds what it hasn't sent", async () => {
  const { socket, waiting, connection } = await dialled();
  socket.bufferedAmount = limits.aheadBytesMax;
  const writing = connection.write(lines({ t: "ping" }));
  assertEquals([socket.sent.length, waiting.length], [0, 1]);
  socket.bufferedAmount = 0;
  waiting[0]();
  await writing;
  assertEquals(socket.sent.length, 1);
});

Deno.test("write() fails when the server has closed", async () => {
  const { socket, connection } = await dialled();
  socket.ends();
  await assertRejects(() => connection.write(lines({ t: "ping" })), Error, "closed");
});

Deno.test("read() gives what came, with bodies behind their lines, and then the end", async () => {
  const { socket, connection } = await dialled();
  const reading = connection.read();
  socket.comes('{"t":"one"}\n{"t":"part","bytes":2}\n');
  const first = await reading;
  socket.comes(Uint8Array.of(8, 9).buffer);
  const second = await connection.read();
  assertEquals(first?.map((frame) => frame.is === "object" && frame.json.t), ["one"]);
  const [part] = second ?? [];
  assert(part.is === "object");
  assertEquals([part.json.t, part.body], ["part", Uint8Array.of(8, 9)]);
  socket.ends();
  assertEquals(await connection.read(), undefined);
});

Deno.test("a body that isn't as long as its line says ends the connection", async () => {
  const { socket, connection } = await dialled();
  socket.comes('{"t":"part","bytes":2}\n');
  socket.comes(Uint8Array.of(1).buffer);
  assert(socket.isClosed);
  assertEquals(await connection.read(), undefined);
});

Deno.test("read() gives what came before the end", async () => {
  const { socket, connection } = await dialled();
  socket.comes('{"t":"one"}\n');
  socket.ends();
  assertEquals((await connection.read())?.length, 1);
  assertEquals(await connection.read(), undefined);
});
