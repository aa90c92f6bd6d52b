/**
 * Several stores that keep the same in one order: what nodes have of NATS, in memory. A test says
 * which of them is behind, cut off or gone.
 */

import type { JsonObject } from "../../lib/wire/fields.ts";
import type { Follower, News, NodeAddress, NodeId, Nodes } from "../../lib/nodes.ts";
import { type Backend, movedTo, type User } from "../../lib/store.ts";
import { openMemory } from "../../lib/backend/memory.ts";
import { turn } from "./fake_clock.ts";

/** Something to keep: the same is done to the store of each node. */
interface Entry {
  readonly from: OneNode;
  keep(store: Backend): Promise<unknown>;
  /** What it is to the other nodes, once it is kept. */
  news(kept: unknown): News | undefined;
  settle(kept: PromiseSettledResult<unknown>): void;
}

/** What all nodes agree on. */
export class OneOrder {
  readonly nodes: OneNode[] = [];
  readonly entries: Entry[] = [];
  /** Waited for before a node takes its next entry, or hears a note. */
  readonly pace: () => Promise<unknown>;
  readonly #id = crypto.randomUUID();

  constructor(pace: () => Promise<unknown> = () => Promise.resolve()) {
    this.pace = pace;
  }

  /** A node that comes to be, with everything that was kept so far. */
  async open(): Promise<OneNode> {
    const node = new OneNode(this, `node-${this.nodes.length + 1}` as NodeId, this.#id);
    this.nodes.push(node);
    await node.level();
    return node;
  }

  /** Resolves when each node that isn't held up has everything and has heard everything. */
  async level(): Promise<void> {
    const level = () => Promise.all(this.nodes.map((node) => node.level()));
    for (let before = -1; before !== this.entries.length;) {
      before = this.entries.length;
      // What was told in a turn is passed on at its end, and may be answered.
      for (let times = 0; times < 3; times++) {
        await turn();
        await level();
      }
    }
  }

  /** Those that take part and can be reached, but not `but`. */
  present(but: OneNode): readonly OneNode[] {
    return this.nodes.filter((node) => node !== but && node.address && !node.isCut);
  }
}

/** One node: its store, and what it knows of the others. */
export class OneNode implements Nodes {
  readonly id: NodeId;
  readonly backend: Backend;
  address: NodeAddress | undefined;
  /** Whether what others tell it is lost; what they keep isn't. */
  isDeaf = false;
  readonly #order: OneOrder;
  readonly #store: Backend;
  #follower: Follower | undefined;
  /** What came before anybody followed. */
  #early: News[] = [];
  #applied = 0;
  /** What it wants to be kept and couldn't be. */
  #unsent: Entry[] = [];
  /** What others have told it, in the order in which it came. */
  #heard: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isCut = false;
  #isHeld = false;
  #isOver = false;
  /** Whether the others took it for gone. */
  #hasLapsed = false;
  #wake: (() => void)[] = [];

  constructor(order: OneOrder, id: NodeId, storeId: string) {
    this.#order = order;
    this.id = id;
    this.#store = openMemory({ id: storeId });
    this.backend = inOrder(this.#store, this, (entry) => this.#publish(entry));
    void this.#run();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether it answers what it is asked to keep, as far as that is up to the others. */
  get isReady(): boolean {
    return !this.#isCut && !this.#isHeld;
  }

  follow(follower: Follower): void {
    this.#follower = follower;
    for (const news of this.#early.splice(0)) follower.news(news);
  }

  pass(note: JsonObject, to?: NodeId): void {
    if (this.#isCut || this.#isOver) return;
    const json = JSON.stringify(note);
    for (const other of this.#order.present(this)) {
      if (to === undefined || to === other.id) other.#note(this.id, json);
    }
  }

  async caughtUp(): Promise<boolean> {
    const { length } = this.#order.entries;
    this.#waiting++;
    this.#change();
    while (this.#applied < length && !this.#isCut && !this.#isOver) await this.#changed();
    this.#waiting--;
    return !this.#isCut && !this.#isOver;
  }

  /** Resolves when somebody waits for it to catch up. */
  async awaited(): Promise<void> {
    while (this.#waiting === 0) await this.#changed();
  }

  join(address: NodeAddress): Promise<void> {
    this.address = address;
    for (const other of this.#order.present(this)) this.#meet(other);
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.#part();
    return Promise.resolve();
  }

  /** From now on nothing goes out or comes in. The others don't notice before {@linkcode lapse}. */
  cut(): void {
    this.#isCut = true;
    this.#follower?.cut("the test says so");
  }

  /** A node that is cut off was away for so long that its lease has ended. */
  lapse(): void {
    this.#hasLapsed = true;
    for (const other of this.#order.present(this)) other.#hear((one) => one.went(this.id));
  }

  /** The end of a cut. The others hear that it came, where it had gone for them. */
  async mend(): Promise<void> {
    this.#isCut = false;
    for (const entry of this.#unsent.splice(0)) this.#publish(entry);
    this.#change();
    await this.caughtUp();
    this.#follower?.cut(undefined);
    if (!this.#hasLapsed) return;
    this.#hasLapsed = false;
    for (const other of this.#order.present(this)) {
      other.#hear((one) => one.came(this.id, this.address ?? { chat: this.id }));
    }
  }

  /** It takes nothing more of what others keep, until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#change();
  }

  /** It is gone without a word. */
  kill(): void {
    this.#isOver = true;
    this.#part();
    this.#change();
  }

  /** Resolves when it has everything that it can have. */
  async level(): Promise<void> {
    if (this.#isCut || this.#isHeld || this.#isOver) return;
    await this.caughtUp();
    await this.#heard;
  }

  #part(): void {
    const others = this.#order.present(this);
    this.address = undefined;
    for (const other of others) other.#hear((follower) => follower.went(this.id));
  }

  #meet(other: OneNode): void {
    const { address } = this;
    if (address) other.#hear((follower) => follower.came(this.id, address));
    if (other.address) {
      const there = other.address;
      this.#hear((follower) => follower.came(other.id, there));
    }
  }

  #hear(tell: (follower: Follower) => void): void {
    this.#heard = this.#heard.then(this.#order.pace).then(() => {
      if (this.#follower && !this.#isCut && !this.#isOver) tell(this.#follower);
    });
  }

  #note(from: NodeId, json: string): void {
    if (this.isDeaf) return;
    this.#hear((follower) => follower.note(from, JSON.parse(json)));
  }

  #publish(entry: Entry): void {
    if (this.#isOver) return;
    if (this.#isCut) return void this.#unsent.push(entry);
    this.#order.entries.push(entry);
    for (const node of this.#order.nodes) node.#change();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const entry = this.#order.entries[this.#applied];
      if (entry === undefined || this.#isCut || (this.#isHeld && entry.from !== this)) {
        await this.#changed();
        continue;
      }
      await this.#order.pace();
      const [kept] = await Promise.allSettled([entry.keep(this.#store)]);
      this.#took(entry, kept);
      this.#applied++;
      // What is answered goes on before what came behind it is told.
      if (entry.from === this) await turn();
      this.#change();
    }
  }

  #took(entry: Entry, kept: PromiseSettledResult<unknown>): void {
    if (entry.from === this) return entry.settle(kept);
    const news = kept.status === "fulfilled" ? entry.news(kept.value) : undefined;
    if (news === undefined) return;
    if (this.#follower) this.#follower.news(news);
    else this.#early.push(news);
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #change(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** A store whose writes go through the order, whichever node asks for them. */
function inOrder(store: Backend, node: OneNode, publish: (entry: Entry) => void): Backend {
  const { log, accounts, library, records, audit } = store;

  function write<T>(
    keep: (store: Backend) => Promise<T>,
    newsOf: (kept: T) => News | undefined = () => undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let own: { readonly kept: T } | undefined;
      publish({
        from: node,
        async keep(there) {
          const kept = await keep(there);
          if (there === store) own = { kept };
          return () => newsOf(kept);
        },
        news: (kept) => typeof kept === "function" ? kept() : undefined,
        settle: (kept) => {
          if (kept.status === "rejected") reject(kept.reason);
          else if (own) resolve(own.kept);
        },
      });
    });
  }

  const users = (users: readonly User[]) => (): News => ({ is: "users", users });
  return over(store, {
    nodes: node,
    log: over(log, {
      append: (append) =>
        write((to) => to.log.append(append), (appended) => {
          if (appended.outcome !== "committed") return undefined;
          const { after } = appended;
          return { is: "appended", append: after === undefined ? append : movedTo(append, after) };
        }),
      forget: (at) => write((to) => to.log.forget(at)),
    }),
    accounts: over(accounts, {
      save: (saved) => write((to) => to.accounts.save(saved), users(saved)),
      saveAccount: (user, credential) =>
        write((to) => to.accounts.saveAccount(user, credential), users([user])),
      saveCredential: (uid, credential) =>
        write((to) => to.accounts.saveCredential(uid, credential)),
      saveLogin: (login) => write((to) => to.accounts.saveLogin(login)),
      useLogin: (login) => write((to) => to.accounts.useLogin(login)),
      dropLogins: (hashes) =>
        write((to) => to.accounts.dropLogins(hashes), () => ({ is: "logins dropped", hashes })),
      forgetLogins: (at) => write((to) => to.accounts.forgetLogins(at)),
      mark: (uid, mark) =>
        write((to) => to.accounts.mark(uid, mark), () => ({ is: "marked", uid, mark })),
    }),
    library: over(library, {
      keep: (record, thumb) =>
        write((to) => to.library.keep(record, thumb), () => ({ is: "transfer", record })),
      finishing: (transfer, file) =>
        write((to) => to.library.finishing(transfer, file), () => {
          return { is: "finishing", transfer, file };
        }),
      drop: (transfer) =>
        write((to) => to.library.drop(transfer), () => ({ is: "transfer dropped", transfer })),
      freed: (file) => write((to) => to.library.freed(file), () => ({ is: "freed", file })),
    }),
    records: over(records, {
      put: (kind, key, value) =>
        write((to) => to.records.put(kind, key, value), () => {
          return { is: "record", kind, key, ...value && { value } };
        }),
    }),
    audit: over(audit, { add: (entry) => write((to) => to.audit.add(entry)) }),
  });
}

/** `target` with some of it done otherwise. */
function over<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get(_target, key) {
      const from = Object.hasOwn(own, key) ? own : target;
      const value: unknown = Reflect.get(from, key, from);
      return typeof value === "function" ? value.bind(from) : value;
    },
  });
}
