/** Who comes, and what it comes to. */

import type { Known } from "../known.ts";
import type { Shown } from "./logins.ts";
import type { ConversationId, Uid } from "../names.ts";

/** What `hello` comes to. */
export interface Welcome extends Shown {
  readonly known: Known;
  /** Whether nobody has seen them before. */
  readonly isNew: boolean;
  /** Their name before, where somebody else has it by now. */
  readonly renamedFrom?: string;
  /** The room that they have just been invited to. */
  readonly invited?: ConversationId;
  /** Whether they may have the name that is kept for the owner. */
  readonly mayOwn?: boolean;
}

/** What `People.learn` comes to. */
export interface Learned {
  /** Those who got a name and are connected elsewhere already. */
  readonly came: readonly Known[];
  /** Those whose names are given up. */
  readonly lost: readonly Known[];
  /** Those who may do something else than before. */
  readonly became: readonly Known[];
}

/** What is known of somebody who comes, beside what they say. */
export interface Coming {
  /** Whether they may have the name that is kept for the owner. */
  readonly mayOwn?: boolean;
  /** Keeps what else is to be known of a new guest; called when it will be in one commit with them. */
  alsoKept?(uid: Uid): Promise<void>;
}
