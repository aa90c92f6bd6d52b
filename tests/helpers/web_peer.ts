/** A test's client over WebSocket. */

import type { ByteStream } from "../../lib/wire/connection.ts";
import { MessageCutter } from "../../lib/wire/messages.ts";
import { Peer } from "./peer.ts";

/** Connects to the web port's `/ws`; the peer has said nothing yet. */
export async function webPeer(port: number): Promise<Peer> {
  return new Peer(await webSocketStream(port));
}

/** The bytes of a WebSocket's messages as one stream, and whole frames as messages. */
export async function webSocketStream(port: number): Promise<ByteStream> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  socket.binaryType = "arraybuffer";
  const cutter = new MessageCutter();
  const came: Uint8Array[] = [];
  let isOver = false;
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    came.push(typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data));
    wake();
  };
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("There is no WebSocket"));
  });
  socket.onclose = () => {
    isOver = true;
    wake();
  };
  return {
    async read(into) {
      while (came.length === 0) {
        if (isOver) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
      const [first] = came;
      const taken = Math.min(first.length, into.length);
      into.set(first.subarray(0, taken));
      if (taken < first.length) came[0] = first.subarray(taken);
      else came.shift();
      return taken;
    },
    write(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("It is closed"));
      const { length, isBinary } = cutter.next(bytes);
      const message = bytes.slice(0, length);
      socket.send(isBinary ? message : new TextDecoder().decode(message));
      return Promise.resolve(length);
    },
    close: () => socket.close(),
  };
}
