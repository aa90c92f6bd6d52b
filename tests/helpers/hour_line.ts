/** Somebody who is at a terminal for an hour. */

import type { Chance } from "./chance.ts";
import { make } from "./file_scene.ts";
import { type Act, Actor, pairOf, rooms, type Said, someBytes } from "./hour_said.ts";
import type { RealClient, Scene } from "./scene.ts";

/** A file that somebody at the page is asked about. */
export interface Asked {
  readonly to: string;
  readonly file: string;
  readonly from: string;
}

/** At a terminal. */
export class LineActor extends Actor {
  readonly client: RealClient;
  /** What was sent to others, and not taken yet. */
  readonly asked: Asked[] = [];
  readonly #scene: Scene;

  constructor(name: string, said: Said, chance: Chance, at: { scene: Scene; client: RealClient }) {
    super(name, said, chance);
    this.client = at.client;
    this.#scene = at.scene;
  }

  /** What they may do; `others` are at the page. */
  acts(others: readonly string[]): readonly Act[] {
    const { client, chance } = this;
    return [
      [8, "say", () => this.say()],
      [3, "answer", () => this.say("/reply ")],
      [3, "edit", () => this.#edit()],
      [1, "take back", () => this.#takeBack()],
      [2, "react", () => client.type("/react ^ heart")],
      [1, "topic", () => client.type(`/topic ${this.words(3)}`)],
      [2, "go elsewhere", () => this.turn(chance.pick(rooms))],
      [2, "whisper", () => this.#whisper(chance.pick(others))],
      [2, "share a file", () => this.#share()],
      [2, "send a file to one", () => this.#send(chance.pick(others))],
    ];
  }

  /** Says something; as an answer to somebody, where there is a command. */
  async say(command: string = ""): Promise<void> {
    await this.isTold(await this.begin(command));
  }

  /** Begins to say something; its text. */
  async begin(command: string = ""): Promise<string> {
    const text = this.new(this.at);
    await this.client.type(`${command}${text}`);
    return text;
  }

  /** Resolves when that is stored. */
  async isTold(text: string): Promise<void> {
    await this.client.sees(`${text} ✓`);
  }

  async turn(room: string): Promise<void> {
    this.at = room;
    await this.client.type(`/switch ${room}`);
  }

  async #edit(): Promise<void> {
    const mark = this.own.at(-1);
    if (mark === undefined) return;
    const text = this.changed(mark);
    await this.client.type(`/edit ${text}`);
    await this.client.sees(text);
  }

  async #takeBack(): Promise<void> {
    const mark = this.own.at(-1);
    // One of each is kept to be answered.
    if (mark === undefined || this.own.length < 2) return;
    this.takenBack(mark);
    await this.client.type("/delete");
    // What is said behind it is answered behind it.
    await this.say();
  }

  async #whisper(to: string): Promise<void> {
    const text = this.new(pairOf(this.name, to));
    await this.client.type(`/whisper ${to} ${text}`);
    await this.client.sees(`${text} ✓`);
  }

  async #share(): Promise<void> {
    const file = this.said.file(this.name);
    this.said.shared.set(file, this.at);
    await this.client.type(`/upload "${await make(this.#scene, this.name, file, someBytes())}"`);
    await this.client.sees(file);
  }

  async #send(to: string): Promise<void> {
    const file = this.said.file(this.name);
    this.asked.push({ to, file, from: this.name });
    const path = await make(this.#scene, this.name, file, someBytes());
    await this.client.type(`/sendfile "${path}" ${to}`);
  }
}
