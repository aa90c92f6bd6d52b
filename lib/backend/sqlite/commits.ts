/** Turns work into transactions. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type LogEvent, numberedFrom } from "../../events.ts";
import { limits } from "../../limits.ts";
import { pairOf, type Uid } from "../../names.ts";
import { type Append, movedMax, type Repeat } from "../../store.ts";
import { AccountWrites } from "./account_writes.ts";
import { Blanks } from "./blanks.ts";
import { Cids } from "./cids.ts";
import { integerIn } from "./database.ts";
import { Forgetting } from "./forgetting.ts";
import { LibraryWrites } from "./library_writes.ts";
import { Places } from "./places.ts";
import { Projections } from "./projections.ts";
import { bindingsOf, intoEvents } from "./rows.ts";
import { RowsAtOnce } from "./rows_at_once.ts";
import { AuditWrites } from "./audit.ts";
import { RecordWrites } from "./records.ts";
import { RuleWrites } from "./kept_rules.ts";
import { isPlainSaid, SaidRows } from "./said_rows.ts";
import { Standing } from "./standing.ts";
import type { Done, EntryWorks, Erasing, Work } from "./work.ts";

/** A conversation while a transaction runs. */
interface Open {
  readonly id: number;
  readonly first: number;
  seq: number;
  topic: string;
  last: number;
  changed: boolean;
}

/** Everything that a connection needs to commit; made anew with each connection. */
export class Commits {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #events: RowsAtOnce;
  readonly #said: SaidRows;
  readonly #create: StatementSync;
  readonly #update: StatementSync;
  readonly #idOf: StatementSync;
  readonly #pair: StatementSync;
  readonly #unsaid: StatementSync;
  readonly #standing: Standing;
  readonly #projections: Projections;
  readonly #places: Places;
  readonly #blanks: Blanks;
  readonly #accounts: AccountWrites;
  readonly #library: LibraryWrites;
  readonly #records: RecordWrites;
  readonly #audit: AuditWrites;
  readonly #rules: RuleWrites;
  readonly #cids: Cids;
  readonly #forgetting: Forgetting;
  /** The number of the last event. */
  #n: number;
  #open = new Map<string, Open>();

  constructor(db: DatabaseSync) {
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#events = new RowsAtOnce(db, intoEvents);
    this.#said = new SaidRows(db);
    this.#create = db.prepare(
      `INSERT INTO conversation (key, name, topic, seq, first, last) VALUES (?, ?, '', 0, 1, 0)`,
    );
    this.#update = db.prepare("UPDATE conversation SET seq = ?, topic = ?, last = ? WHERE id = ?");
    // Always a row, and all that follows is done where there is no such conversation, too: how long
    // an answer takes doesn't tell.
    this.#idOf = db.prepare(
      "SELECT coalesce((SELECT id FROM conversation WHERE key = ?), 0) AS id",
    );
    this.#pair = db.prepare("INSERT INTO pair (uid, conversation) VALUES (?, ?)");
    this.#unsaid = db.prepare(
      "SELECT 1 FROM event WHERE conversation = ? AND seq > ? AND kind <> 'said' LIMIT 1",
    );
    this.#standing = new Standing(db);
    this.#places = new Places(db);
    this.#library = new LibraryWrites(db, this.#places);
    this.#blanks = new Blanks(db, this.#places);
    this.#projections = new Projections(db, {
      library: this.#library,
      onHushed: (conversation, n) => this.#places.hushed(conversation, n),
    });
    this.#accounts = new AccountWrites(db);
    this.#records = new RecordWrites(db);
    this.#audit = new AuditWrites(db);
    this.#rules = new RuleWrites(db);
    this.#cids = new Cids(db);
    this.#forgetting = new Forgetting(db, { cids: this.#cids, places: this.#places });
    this.#n = lastNumber(db);
  }

  /** How many events there were altogether. */
  get n(): number {
    return this.#n;
  }

  /** The place of the last entry that was applied; 0 where there is none. */
  get position(): number {
    return this.#places.position;
  }

  /** {@linkcode Places.newest} */
  get newest(): Places["newest"] {
    return this.#places.newest;
  }

  /**
   * Commits all of it, but for appends that are in conflict and users whose name is taken.
   *
   * @throws what SQLite does; then nothing more may be asked of this object.
   */
  run(works: readonly Work[]): { readonly done: Done[]; readonly erased: boolean } {
    return this.#transaction(() => works.map((work) => this.#do(work)));
  }

  /**
   * The same for what came at places of an order, with the place; of an entry that had come before,
   * nothing is done.
   */
  apply(entries: readonly EntryWorks[]): {
    readonly done: (readonly Done[] | null)[];
    readonly erased: boolean;
    readonly erasing: readonly Erasing[];
  } {
    const { done, erased } = this.#transaction(() => {
      const all = entries.map((entry) => {
        return this.#places.begin(entry) ? entry.works.map((work) => this.#doNext(work)) : null;
      });
      this.#places.end();
      return all;
    });
    return { done, erased, erasing: this.#places.takeErasing() };
  }

  #transaction<D>(act: () => D[]): { readonly done: D[]; readonly erased: boolean } {
    this.#open.clear();
    this.#projections.erased = false;
    this.#begin.run();
    const before = this.#n;
    const done = act();
    this.#cids.file(this.#n - before);
    this.#close();
    this.#commit.run();
    return { done, erased: this.#projections.erased };
  }

  /** Every entry that has something of what was deleted. */
  erasing(): readonly Erasing[] {
    return this.#places.erasing();
  }

  /** The works of an entry without the texts that were deleted, or weren't kept. */
  blank(entry: Pick<EntryWorks, "position" | "works">): readonly Work[] {
    return this.#blanks.blank(entry);
  }

  /** What `uid` stored in a conversation under `cid`. */
  repeat(key: string, wanted: { uid: Uid; cid: string }): Repeat | undefined {
    const row = this.#idOf.get(key);
    const id = row === undefined ? 0 : integerIn(row, "id");
    const hashes = this.#cids.hashes(id, [wanted]);
    return this.#cids.repeats(id, [wanted], hashes)[0]?.[1];
  }

  #doNext(work: Work): Done {
    this.#places.next();
    return this.#do(work);
  }

  #do(work: Work): Done {
    switch (work.do) {
      case "append":
        return this.#append(work.append);
      case "save":
        return this.#accounts.save(work.users);
      case "login":
        return this.#accounts.login(work.login);
      case "account":
        return this.#accounts.account(work.user, work.credential);
      case "credential":
        return this.#accounts.credential(work.uid, work.credential);
      case "use login":
        return this.#accounts.useLogin(work.login);
      case "drop logins":
        return this.#accounts.dropLogins(work.hashes);
      case "mark":
        return this.#accounts.mark(work.uid, work.mark);
      case "forget logins":
        return this.#accounts.forgetLogins(work.at);
      case "transfer":
        return this.#library.keep(work.record, work.thumb);
      case "finishing":
        return this.#library.finishing(work.transfer, work.file);
      case "drop":
        return this.#library.drop(work.transfer);
      case "freed":
        return this.#library.freed(work.file);
      case "record":
        return this.#records.put(work);
      case "audit":
        return this.#audit.add(work.entry);
      case "forget":
        this.#projections.erased = true;
        // It looks at conversations as they are, whatever came with it in one transaction.
        this.#close();
        return this.#forgetting.slice({ at: work.at, from: work.from, n: this.#n });
      case "trim":
        return this.#forgetting.trim();
      case "erased":
        return this.#places.erased(work);
      default:
        work satisfies never;
        return 0;
    }
  }

  #append(append: Append): Done {
    const known = this.#find(append.conversation);
    if (known === undefined && append.after > 0) return { is: "conflict", events: [], repeats: [] };
    const conversation = known ?? this.#begun(append);
    const hashes = this.#cids.hashes(conversation.id, append.events);
    const repeats = this.#cids.repeats(conversation.id, append.events, hashes);
    if (!this.#fits(append, conversation) || repeats.length > 0) {
      this.#places.refused(conversation.id);
      const range = { after: append.after, limit: limits.pageMax, bytes: limits.listBytesMax };
      return { is: "conflict", events: this.#standing.page(conversation, range).events, repeats };
    }
    const { id, seq: after } = conversation;
    const isMoved = after !== append.after;
    const events = isMoved ? numberedFrom(append.events, after + 1) : append.events;
    const first = this.#n + 1;
    this.#places.kept(first);
    if (isMoved) this.#places.moved(after);
    this.#add(first, id, events);
    for (const [index, event] of events.entries()) {
      this.#n++;
      this.#cids.add(hashes[index], this.#n);
      this.#audit.note({ id, name: append.name }, event);
      this.#rules.apply(id, event);
      this.#projections.apply(conversation, this.#n, event);
      if (event.t === "retitled") conversation.topic = event.topic;
      conversation.seq = event.seq;
    }
    conversation.last = this.#n;
    conversation.changed = true;
    return isMoved ? { is: "moved", after } : 0;
  }

  /** Whether an append may be kept behind what there is. */
  #fits({ after, mayMove }: Append, { id, first, seq }: Open): boolean {
    if (after === seq) return true;
    if (!mayMove || after > seq || after < first - 1 || seq - after > movedMax) return false;
    return this.#unsaid.get(id, after) === undefined;
  }

  #add(first: number, conversation: number, events: readonly LogEvent[]): void {
    if (events.every(isPlainSaid)) return this.#said.add(first, conversation, events);
    this.#events.add(
      events.flatMap((event, index) => bindingsOf(first + index, conversation, event)),
    );
  }

  /** Keeps what has become of conversations. */
  #close(): void {
    for (const { id, seq, topic, last, changed } of this.#open.values()) {
      if (changed) this.#update.run(seq, topic, last, id);
    }
    this.#open.clear();
  }

  #find(key: string): Open | undefined {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const head = this.#standing.head(key);
    if (head === undefined) return undefined;
    const { id, first, seq, topic } = head;
    return this.#keep(key, { id, first, seq, topic, last: 0, changed: false });
  }

  #begun({ conversation: key, name }: Append): Open {
    const id = Number(this.#create.run(key, name).lastInsertRowid);
    for (const uid of pairOf(key) ?? []) this.#pair.run(uid, id);
    return this.#keep(key, { id, first: 1, seq: 0, topic: "", last: 0, changed: false });
  }

  #keep(key: string, conversation: Open): Open {
    this.#open.set(key, conversation);
    return conversation;
  }
}

/** The number of the last event ever, also where it is forgotten. */
function lastNumber(db: DatabaseSync): number {
  const row = db.prepare(
    `SELECT max(coalesce((SELECT max(n) FROM event), 0),
                coalesce((SELECT value FROM meta WHERE key = 'n'), 0)) AS n`,
  ).get();
  return row === undefined ? 0 : integerIn(row, "n");
}
