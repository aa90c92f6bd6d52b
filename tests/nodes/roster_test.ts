import { assertEquals } from "@std/assert";
import { Cluster } from "../helpers/cluster.ts";
import { turn } from "../helpers/fake_clock.ts";
import type { Listener } from "../../lib/known.ts";
import { nameKey, type Uid } from "../../lib/names.ts";
import type { User } from "../../lib/store.ts";

const many = 2500;

/** Two nodes, with so many users on the first one that telling of them takes several notes. */
async function begin() {
  const cluster = await Cluster.start(2);
  const [{ core }] = cluster.servers;
  const users: User[] = Array.from({ length: many }, (_, number) => {
    const name = `user${number}`;
    return { uid: `uid${number}` as Uid, name, key: nameKey(name), role: "guest", holds: true };
  });
  await core.backend.accounts.save(users);
  core.people.learn(users);
  const listeners = users.map(({ uid }): Listener => ({
    uid,
    remote: "127.0.0.1",
    login: undefined,
    hear: () => {},
    end: () => Promise.resolve(),
  }));
  const enter = (some: readonly Listener[]) => {
    for (const listener of some) core.enter(core.people.get(listener.uid)!, listener);
  };
  return { cluster, core, there: cluster.servers[1].core, listeners, enter };
}

Deno.test("a crowd that comes at once, and goes, is told in as many notes as it takes", async () => {
  const { cluster, core, there, listeners, enter } = await begin();
  await using _cluster = cluster;
  enter(listeners);
  await cluster.level();
  assertEquals(there.people.online, many);
  for (const listener of listeners) core.exit(core.people.get(listener.uid)!, listener);
  await cluster.level();
  assertEquals(there.people.online, 0);
});

Deno.test("who is there is asked for again where some of it was lost, and comes whole to a new node", async () => {
  const { cluster, there, listeners, enter } = await begin();
  await using _cluster = cluster;
  enter(listeners.slice(0, 10));
  await cluster.level();
  cluster.node(1).isDeaf = true;
  enter(listeners.slice(10));
  await cluster.level();
  assertEquals(there.people.online, 10);
  cluster.node(1).isDeaf = false;
  cluster.servers[0].core.others?.check();
  await cluster.level();
  assertEquals(there.people.online, many);
  const { core: late } = await cluster.add();
  await turn();
  await cluster.level();
  assertEquals(late.people.online, many);
});

Deno.test("who says that they are away is so everywhere, also if they leave that node in the same turn", async () => {
  const { cluster, core, there, listeners: [listener], enter } = await begin();
  await using _cluster = cluster;
  const [here, elsewhere] = [core, there].map(({ people }) => people.get(listener.uid)!);
  enter([listener]);
  there.enter(elsewhere, { ...listener });
  await cluster.level();
  core.presence.setAway(here, "Lunch");
  core.others?.away(here);
  core.exit(here, listener);
  await cluster.level();
  assertEquals([here.away, elsewhere.away], ["Lunch", "Lunch"]);
});

Deno.test("who comes and goes in one turn isn't away any more, on any node", async () => {
  const { cluster, core, there, listeners: [listener], enter } = await begin();
  await using _cluster = cluster;
  const [here, elsewhere] = [core, there].map(({ people }) => people.get(listener.uid)!);
  enter([listener]);
  core.presence.setAway(here, "Lunch");
  core.others?.away(here);
  await cluster.level();
  core.exit(here, listener);
  await cluster.level();
  assertEquals(elsewhere.away, "Lunch");
  enter([listener]);
  core.exit(here, listener);
  await cluster.level();
  assertEquals([here.away, elsewhere.away], [undefined, undefined]);
});
