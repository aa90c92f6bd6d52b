/** Keeps users, logins and marks, as a part of a transaction that is already open. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NameKey, Uid } from "../../names.ts";
import type { Login, Mark, User } from "../../store.ts";
import type { Done } from "./work.ts";

/** Writes through one connection. */
export class AccountWrites {
  readonly #holder: StatementSync;
  readonly #save: StatementSync;
  readonly #release: StatementSync;
  readonly #login: StatementSync;
  readonly #hasCredential: StatementSync;
  readonly #credential: StatementSync;
  readonly #newCredential: StatementSync;
  readonly #dropCredential: StatementSync;
  readonly #useLogin: StatementSync;
  readonly #dropLogin: StatementSync;
  readonly #mark: StatementSync;
  readonly #forget: readonly StatementSync[];
  readonly #forgetLogins: StatementSync;

  constructor(db: DatabaseSync) {
    this.#holder = db.prepare("SELECT uid FROM user WHERE key = ? AND holds");
    this.#save = db.prepare(
      "INSERT OR REPLACE INTO user (uid, name, key, role, holds) VALUES (?, ?, ?, ?, ?)",
    );
    this.#release = db.prepare("UPDATE user SET holds = 0 WHERE uid = ?");
    this.#login = db.prepare(
      "INSERT OR REPLACE INTO login (hash, uid, agent, at) VALUES (?, ?, ?, ?)",
    );
    this.#hasCredential = db.prepare("SELECT 1 FROM credential WHERE uid = ?");
    this.#credential = db.prepare(
      "INSERT INTO credential (uid, text) VALUES (?, ?)",
    );
    this.#newCredential = db.prepare("UPDATE credential SET text = ? WHERE uid = ?");
    this.#dropCredential = db.prepare("DELETE FROM credential WHERE uid = ?");
    this.#useLogin = db.prepare("UPDATE login SET agent = ?, at = ? WHERE hash = ?");
    this.#dropLogin = db.prepare("DELETE FROM login WHERE hash = ?");
    this.#mark = db.prepare(
      `INSERT INTO mark (uid, conversation, seq) VALUES (?, ?, ?)
       ON CONFLICT (uid, conversation) DO UPDATE SET seq = max(seq, excluded.seq)`,
    );
    this.#forgetLogins = db.prepare("DELETE FROM login WHERE at < ?");
    // Somebody who was written to privately is still named by that conversation.
    this.#forget = [
      db.prepare(
        `DELETE FROM user WHERE NOT holds
         AND NOT EXISTS (SELECT 1 FROM login WHERE login.uid = user.uid)
         AND NOT EXISTS (SELECT 1 FROM speaker WHERE speaker.uid = user.uid)
         AND NOT EXISTS (SELECT 1 FROM pair WHERE pair.uid = user.uid)`,
      ),
      db.prepare("DELETE FROM mark WHERE uid NOT IN (SELECT uid FROM user)"),
      db.prepare("DELETE FROM credential WHERE uid NOT IN (SELECT uid FROM user)"),
    ];
  }

  /** All of them or, where somebody else holds one of the names, none. */
  save(users: readonly User[]): Done {
    const taken = this.#taken(users);
    if (taken !== undefined) return { is: "name taken", key: taken };
    // Names may go from one of them to another: all are free before any is given.
    for (const { uid } of users) this.#release.run(uid);
    for (const { uid, name, key, role, holds } of users) {
      this.#save.run(uid, name, key, role, holds ? 1 : 0);
      if (role === "guest") this.#dropCredential.run(uid);
    }
    return 0;
  }

  #taken(users: readonly User[]): NameKey | undefined {
    const saved = new Set<string>(users.map(({ uid }) => uid));
    const given = new Set<NameKey>();
    for (const { key, holds } of users) {
      if (!holds) continue;
      const uid = this.#holder.get(key)?.uid;
      if (given.has(key) || (typeof uid === "string" && !saved.has(uid))) return key;
      given.add(key);
    }
    return undefined;
  }

  /** Both or, where somebody else holds the name or they have a password, neither. */
  account(user: User, credential: string): Done {
    if (this.#hasCredential.get(user.uid) !== undefined) return { is: "registered" };
    const saved = this.save([user]);
    if (saved === 0) this.#credential.run(user.uid, credential);
    return saved;
  }

  credential(uid: Uid, credential: string): Done {
    this.#newCredential.run(credential, uid);
    return 0;
  }

  login({ hash, uid, agent, at }: Login): Done {
    this.#login.run(hash, uid, agent, at);
    return 0;
  }

  useLogin({ hash, agent, at }: Login): Done {
    this.#useLogin.run(agent, at, hash);
    return 0;
  }

  dropLogins(hashes: readonly string[]): Done {
    for (const hash of hashes) this.#dropLogin.run(hash);
    return 0;
  }

  mark(uid: Uid, { conversation, seq }: Mark): Done {
    this.#mark.run(uid, conversation, seq);
    return 0;
  }

  forgetLogins(at: number): Done {
    this.#forgetLogins.run(at);
    for (const statement of this.#forget) statement.run();
    return 0;
  }
}
