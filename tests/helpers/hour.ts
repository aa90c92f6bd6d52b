/** Three people at the page, one of them on a phone, and two at terminals, who do what people do. */

import type { PageScene } from "./browser.ts";
import type { Chance } from "./chance.ts";
import { LineActor } from "./hour_line.ts";
import { type Held, PageActor } from "./hour_page.ts";
import { rooms, Said } from "./hour_said.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;
const seats = {
  Ann: { options: {}, isPhone: false, reloads: false },
  Bea: { options: { colorScheme: "dark" }, isPhone: false, reloads: true },
  Cem: { options: phone, isPhone: true, reloads: true },
} as const;

/** All of them, and what they have said. */
export class Hour implements AsyncDisposable {
  readonly said = new Said();
  readonly pages: PageActor[] = [];
  readonly terminals: LineActor[] = [];
  /** How often each thing was done. */
  readonly done = new Map<string, number>();
  /** Things done altogether. */
  steps = 0;
  /** Who reads the rooms' logs, for whoever compares. */
  readonly reader: { token?: string } = {};
  readonly #scene: PageScene;
  readonly #chance: Chance;

  constructor(scene: PageScene, chance: Chance) {
    this.#scene = scene;
    this.#chance = chance;
  }

  /** Lets all of them come, and say something everywhere, so that there is something to answer. */
  async begin(): Promise<void> {
    const scene = this.#scene;
    for (const [name, seat] of Object.entries(seats)) {
      const actor = await PageActor.enter(name, this.said, this.#chance, { ...seat, scene });
      this.pages.push(actor);
      await actor.say();
      await actor.visitor.say("/join kitchen");
      await actor.visitor.isAt("#kitchen");
      actor.at = "kitchen";
      await actor.say();
    }
    for (const name of ["Dag", "Eli"]) {
      const client = await scene.enter(name);
      const actor = new LineActor(name, this.said, this.#chance, { scene, client });
      this.terminals.push(actor);
      await client.type("/join kitchen");
      await client.sees("── #kitchen ──");
      for (const room of rooms) {
        await actor.turn(room);
        await actor.say();
      }
    }
  }

  /** Some of them do something at the same time. */
  async round(): Promise<void> {
    const { pages, terminals } = this;
    const tell = (name: string) => this.#count(name);
    const names = pages.map(({ name }) => name);
    const doing = [
      ...pages.map((each) => () => each.oneOf(each.acts(terminals), tell)),
      ...terminals.map((each) => () => each.oneOf(each.acts(names), tell)),
    ];
    await Promise.all(doing.filter(() => this.#chance.once(2)).map((act) => act()));
    for (const asked of terminals.flatMap((each) => each.asked.splice(0))) {
      await pages.find(({ name }) => name === asked.to)?.accept(asked);
    }
  }

  /** The server is killed while people talk, and comes back. */
  async crash(): Promise<void> {
    this.#count("kill the server");
    const { process } = this.#scene;
    await process.kill();
    await Promise.all(this.pages.map((each) => each.say({ waits: false })));
    const typed = await Promise.all(this.terminals.map((each) => each.begin()));
    await process.start();
    await Promise.all(this.terminals.map((each, at) => each.isTold(typed[at])));
    await Promise.all(this.pages.map((each) => each.isThrough()));
  }

  /** What everybody's page holds now. */
  held(): Promise<readonly Held[]> {
    return Promise.all(this.pages.map((each) => each.held(this.steps)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.pages) await each[Symbol.asyncDispose]();
  }

  #count(name: string): void {
    this.steps++;
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }
}
