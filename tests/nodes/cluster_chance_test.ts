/** Whatever many do on several nodes, and whatever befalls these: all nodes come to the same. */

import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Chance } from "../helpers/chance.ts";
import { Cluster } from "../helpers/cluster.ts";
import { turn } from "../helpers/fake_clock.ts";
import type { Peer, TestServer } from "../helpers/peer.ts";

const roomNames = ["lobby", "tea", "Coffee"];
const people = ["Alice", "Bob", "Carol", "Dave", "Eve", "Frank"];

/** Somebody on one node, and which acknowledged messages of the lobby are theirs. */
interface Somebody {
  readonly name: string;
  node: number;
  peer: Peer;
  /** Where live events of the lobby begin. */
  from: number;
}

class Chaos {
  readonly #chance: Chance;
  readonly #cluster: Cluster;
  readonly #all: Somebody[] = [];
  /** What was acknowledged: by its seq in the lobby, its text. */
  readonly acknowledged = new Map<number, string>();
  readonly #asked: Promise<unknown>[] = [];
  #dead = new Set<number>();
  #said = 0;

  constructor(cluster: Cluster, chance: Chance) {
    this.#cluster = cluster;
    this.#chance = chance;
  }

  async begin(): Promise<void> {
    for (const [index, name] of people.entries()) {
      const node = index % this.#cluster.servers.length;
      const peer = this.#cluster.servers[node].connect();
      this.#all.push({ name, node, peer, from: 0 });
      await this.#enter(this.#all[index]);
    }
    await this.#cluster.level();
  }

  /** Does one thing; most of the time somebody says something. */
  async step(): Promise<void> {
    const who = this.#chance.pick(this.#all);
    const other = this.#chance.pick(people);
    const room = this.#chance.pick(roomNames);
    const seq = 1 + this.#chance.below(20);
    switch (this.#chance.below(16)) {
      case 0:
        return this.#ask(who, { t: "join", room });
      case 1:
        return this.#ask(who, { t: "leave", room });
      case 2:
        return this.#ask(who, { t: "topic", room, topic: `topic ${this.#said++}` });
      case 3:
        return this.#ask(who, { t: "react", room, seq, emoji: "👍", on: this.#chance.once(2) });
      case 4:
        return this.#ask(who, { t: "edit", room, seq, text: `edited ${this.#said++}` });
      case 5:
        return this.#ask(who, { t: "delete", room, seq });
      case 6:
        return this.#ask(who, { t: "kick", room, user: other });
      case 7:
        return this.#ask(who, { t: "say", room: `@${other}`, text: `private ${this.#said++}` });
      case 8:
        return this.#ask(who, { t: "away", ...this.#chance.once(2) && { text: "Lunch" } });
      case 9:
        return await this.#move(who);
      case 10:
        return await turn();
      default:
        return this.#say(who);
    }
  }

  /** Something befalls a node. */
  async befall(): Promise<void> {
    const number = this.#chance.pick(this.#living);
    const node = this.#cluster.node(number);
    switch (this.#chance.below(5)) {
      case 0:
        node.hold();
        for (let steps = 0; steps < 10; steps++) await this.step();
        return node.release();
      case 1:
        node.cut();
        if (this.#chance.once(2)) node.lapse();
        for (let steps = 0; steps < 10; steps++) await this.step();
        return await node.mend();
      case 2:
        node.isDeaf = true;
        for (let steps = 0; steps < 10; steps++) await this.step();
        node.isDeaf = false;
        return;
      case 3:
        if (this.#living.length > 2) await this.#kill(number);
        return;
      default:
        await this.#cluster.add();
    }
  }

  /** Resolves when everything is done that was asked for, and known to all. */
  async settle(): Promise<void> {
    await Promise.all(this.#asked);
    await this.#cluster.level();
    for (const { core } of this.#servers) core.others?.check();
    await this.#cluster.level();
  }

  async check(): Promise<void> {
    const [first, ...others] = await Promise.all(this.#servers.map(stateOf));
    for (const other of others) assertEquals(other, first);
    const texts = new Map(
      first.lobby.flatMap(({ seq, t, text }) => t === "said" ? [[seq, text]] : []),
    );
    for (const [seq, text] of this.acknowledged) {
      assert(texts.has(seq), `${text} was acknowledged as ${seq}`);
    }
    for (const somebody of this.#all) await this.#checkHeard(somebody, first.lobby.length);
    const online = this.#all.map(({ name }) => name).sort();
    assertEquals(first.users.flatMap(([user, isOnline]) => isOnline ? [user] : []), online);
  }

  /** Nothing of the lobby is missed, comes twice or in another order. */
  async #checkHeard({ name, peer, from }: Somebody, last: number): Promise<void> {
    await peer.ok({ t: "ping" });
    const heard = peer.events.flatMap(({ room, seq }) => room === "lobby" && seq ? [seq] : []);
    const expected = Array.from({ length: last - from }, (_, index) => from + 1 + index);
    assertEquals(heard, expected, `What ${name} has heard`);
  }

  get #living(): readonly number[] {
    return this.#cluster.servers.keys().filter((number) => !this.#dead.has(number)).toArray();
  }

  get #servers(): readonly TestServer[] {
    return this.#living.map((number) => this.#cluster.servers[number]);
  }

  #ask({ peer }: Somebody, command: JsonObject): void {
    // A node that ends takes its answer with it.
    this.#asked.push(Promise.race([peer.ask(command), peer.end()]));
  }

  #say({ peer, name }: Somebody): void {
    const text = `${name} ${this.#said++}`;
    const answered = peer.ask({ t: "say", room: "lobby", text, cid: text }).then(({ t, seq }) => {
      if (t === "ok") this.acknowledged.set(Number(seq), text);
    });
    this.#asked.push(Promise.race([answered, peer.end()]));
  }

  /** They come to another node with the same login. */
  async #move(who: Somebody): Promise<void> {
    who.peer.close();
    // Elsewhere they would wait for what this test does next.
    const there = this.#living.filter((number) => this.#cluster.node(number).isReady);
    who.node = this.#chance.pick(there);
    const { token } = who.peer;
    who.peer = this.#cluster.servers[who.node].connect();
    await this.#enter(who, token);
  }

  async #enter(who: Somebody, token?: string): Promise<void> {
    const welcome = await who.peer.hello(who.name, token === undefined ? {} : { token });
    const [lobby] = welcome.rooms as JsonObject[];
    who.from = Number(lobby.seq);
  }

  async #kill(number: number): Promise<void> {
    this.#dead.add(number);
    await this.#cluster.kill(number);
    for (const who of this.#all) if (who.node === number) await this.#move(who);
  }
}

/** Everything that a node knows and shows. */
async function stateOf({ core }: TestServer) {
  const { log, library } = core.backend;
  const rooms = [...core.hub.rooms()].map(({ room, decided }) => {
    const { id, name, topic, seq, rules, members } = room;
    assertEquals([...decided.members.keys()], [...members.keys()], "Nothing is on its way");
    return { id, name, topic, seq, rules, members: [...members.values()] };
  });
  const users = core.people.sorted().map((known) => {
    const { person, role, away, rooms } = known;
    return [person.user, core.people.isOnline(known), person.uid, role, away, [...rooms].sort()];
  });
  const page = await log.read(core.hub.lobby.id, { after: 0, limit: Infinity, bytes: Infinity });
  return {
    rooms: rooms.sort((one, other) => one.id < other.id ? -1 : 1),
    users,
    online: core.people.online,
    lobby: page.events as (typeof page.events[number] & { readonly text?: string })[],
    files: (await library.used()).guests,
  };
}

const chance = Chance.ofRun("cluster");

for (let run = 0; run < 5; run++) {
  Deno.test(`all nodes come to the same, whatever befalls them (${run})`, async () => {
    const own = new Chance(chance.below(2 ** 31));
    const pace = async () => {
      if (own.once(3)) await turn();
    };
    await using cluster = await Cluster.start(3, { pace });
    const chaos = new Chaos(cluster, own);
    await chaos.begin();
    for (let rounds = 0; rounds < 12; rounds++) {
      for (let steps = 0; steps < 30; steps++) await chaos.step();
      await chaos.befall();
    }
    await chaos.settle();
    await chaos.check();
  });
}
