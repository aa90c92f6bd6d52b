/** Somebody who behaves well while others don't: what they are promised has to hold all the time. */

import { deadline } from "@std/async/deadline";
import { timesOf, timesText } from "./load.ts";
import type { Peer } from "./peer.ts";
import { rawRequest } from "./raw_http.ts";
import type { RealServer } from "./real_server.ts";
import { webPeer } from "./web_peer.ts";
import { Place } from "./web_place.ts";

/** Whoever waits longer for an answer has been forgotten. */
const patienceMs = 15_000;
const file = "what was put here before ".repeat(1000);

/** Says something over TCP, hears it over WebSocket, and reads a file over HTTP. */
export class Witness {
  /** What wasn't as promised. */
  readonly faults: string[] = [];
  readonly #server: RealServer;
  readonly #speaker: Peer;
  readonly #listener: Peer;
  readonly #path: string;
  readonly #acknowledged: number[] = [];
  readonly #heard: { readonly text: string; readonly seq: number }[] = [];
  readonly #times: number[] = [];

  private constructor(server: RealServer, speaker: Peer, listener: Peer, path: string) {
    this.#server = server;
    this.#speaker = speaker;
    this.#listener = listener;
    this.#path = path;
  }

  /** `more`: what makes names of its own, where there was one before. */
  static async join(server: RealServer, more: string = ""): Promise<Witness> {
    const place = await Place.of(server, `Keeper${more}`);
    const path = await place.put("kept.txt", file, "text/plain");
    const speaker = await server.join(`Witness${more}`);
    const listener = await webPeer(server.webPort);
    await listener.hello(`Listener${more}`);
    // What is opened for the first search stays open.
    await listener.ok({ t: "search", text: "anything" });
    return new Witness(server, speaker, listener, path);
  }

  /** Says one thing, and now and then reads the file. */
  async go(): Promise<void> {
    const number = this.#acknowledged.length;
    const at = performance.now();
    const said = { t: "say", room: "lobby", text: text(number), cid: `witness${number}` };
    const { seq } = await deadline(this.#speaker.ok(said), patienceMs);
    this.#times.push(performance.now() - at);
    this.#acknowledged.push(Number(seq));
    this.#hear();
    if (number % 20 > 0) return;
    await deadline(this.#readFile(), patienceMs);
    await deadline(this.#listener.ok({ t: "ping" }), patienceMs);
  }

  /** Whether everything was heard that was acknowledged, once and in order; a line that tells. */
  async close(): Promise<string> {
    await deadline(this.#listener.ok({ t: "ping" }), patienceMs);
    this.#hear();
    const heard = JSON.stringify(this.#heard);
    const said = this.#acknowledged.map((seq, number) => ({ text: text(number), seq }));
    if (heard !== JSON.stringify(said)) {
      this.faults.push(`${said.length} messages were acknowledged, and heard were ${heard}`);
    }
    const inOrder = this.#acknowledged.every((seq, at, all) => at === 0 || seq > all[at - 1]);
    if (!inOrder) this.faults.push(`out of order: ${this.#acknowledged.join(" ")}`);
    await this.#readFile();
    this.#speaker.close();
    this.#listener.close();
    return `acknowledged in ${timesText(timesOf(this.#times))}`;
  }

  #hear(): void {
    // What was said by others isn't kept.
    for (const peer of [this.#speaker, this.#listener]) {
      const mine = peer.events.splice(0).filter(({ t, uid }) =>
        t === "said" && uid === this.#speaker.uid
      );
      if (peer !== this.#listener) continue;
      for (const { text, seq } of mine) {
        this.#heard.push({ text: String(text), seq: Number(seq) });
      }
    }
  }

  async #readFile(): Promise<void> {
    const { status, body } = await rawRequest(this.#server.webPort, `GET ${this.#path}`, {
      headers: { Authorization: `Bearer ${this.#speaker.token}`, Range: "bytes=100-20099" },
    });
    if (status === 206 && body === file.slice(100, 20_100)) return;
    this.faults.push(`a piece of a file was answered by ${status} and ${body.length} bytes`);
  }
}

/** Somebody who has no right to anything: looks whether the server is there. */
export class Bystander {
  readonly faults: string[] = [];
  readonly #server: RealServer;

  private constructor(server: RealServer) {
    this.#server = server;
  }

  static async join(server: RealServer): Promise<Bystander> {
    const bystander = new Bystander(server);
    // What is opened for the first search stays open.
    const peer = await server.join("Bystander");
    await peer.ok({ t: "search", text: "anything" });
    peer.close();
    await bystander.go();
    return bystander;
  }

  /** Comes, and goes without a word about who it is. */
  async go(): Promise<void> {
    const peer = await this.#server.connect();
    await deadline(peer.ok({ t: "ping" }), patienceMs);
    peer.close();
  }

  async close(): Promise<string> {
    await this.go();
    return "nobody";
  }
}

function text(number: number): string {
  return `witness ${number}`;
}
