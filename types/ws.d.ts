/** The parts of ws that are used; it has no declarations of its own. */
declare module "ws" {
  import type { Buffer } from "node:buffer";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export interface WebSocketServerOptions {
    readonly noServer: true;
    readonly perMessageDeflate: false;
    /** Whether pings are answered, whatever waits to be sent. */
    readonly autoPong: false;
    /** Bytes of one message. */
    readonly maxPayload: number;
    /** Fragments of one message. */
    readonly maxFragments: number;
    /** Pieces that one frame may come in. */
    readonly maxBufferedChunks: number;
    /** Milliseconds that a peer has to close its side once it was told to. */
    readonly closeTimeout: number;
  }

  export class WebSocketServer {
    constructor(options: WebSocketServerOptions);
    /** Answers on the socket itself where the request is none of WebSocket's. */
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Uint8Array,
      made: (socket: WebSocket) => void,
    ): void;
  }

  export class WebSocket {
    on(event: "message", hear: (bytes: Buffer, isBinary: boolean) => void): this;
    on(event: "ping", hear: (bytes: Buffer) => void): this;
    on(event: "close", hear: (code: number, reason: Buffer) => void): this;
    on(event: "error", hear: (error: Error) => void): this;
    pause(): void;
    resume(): void;
    /** `done` is called when the bytes have been given to the system. */
    send(
      bytes: Uint8Array,
      options: { readonly binary: boolean; readonly fin: boolean },
      done: (error?: Error | null) => void,
    ): void;
    pong(bytes: Uint8Array, mask: false, done: () => void): void;
    /** Begins the closing handshake. */
    close(code?: number, reason?: string): void;
    /** Ends the connection at once. */
    terminate(): void;
  }
}
