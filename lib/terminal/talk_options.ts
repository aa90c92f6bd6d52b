/** What a talk is given, and how it ends. */

import type { Dial } from "../client/link.ts";
import type { Clock } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import type { Command, Ok } from "../protocol.ts";
import type { TakeRule } from "./desk.ts";
import type { Paint } from "./paint.ts";
import type { Received } from "./received.ts";
import type { Foot } from "./screen.ts";
import type { TransferJournal } from "./transfer_journal.ts";

/** Where a talk is shown. */
export interface Surface {
  /** Columns that lines may take. */
  readonly columns: number;
  print(lines: readonly string[]): void;
  setFoot(foot: Foot): void;
  /**
   * Asks one after the other, and shows nothing of what is typed; `undefined` where that is given
   * up. Missing where nobody can be asked.
   */
  askSecrets?(questions: readonly string[]): Promise<readonly string[] | undefined>;
  setTitle(title: string): void;
  bell(): void;
  clear(): void;
}

/** What a talk does with files. */
export interface TalkFiles {
  readonly received: Received;
  readonly journal: TransferJournal;
  readonly take: TakeRule;
  /**
   * The path that was typed, from where the user stands.
   *
   * @throws {ChatError} where Deno doesn't let the client read it.
   */
  pathOf(typed: string): string;
  /** What a path that is being typed can go on with. */
  pathsFrom(typed: string): readonly string[];
  /** Has Deno ask whether the client may read a path; while nothing is read from the terminal. */
  ask(typed: string): void;
}

/** What a talk is made with. */
export interface TalkOptions {
  readonly dial: Dial;
  readonly hello: Command<"hello">;
  readonly clock: Clock;
  random(): number;
  readonly surface: Surface;
  readonly paint: Paint;
  readonly bell: boolean;
  /** The room to begin in; where none is said, the one that the invitation is to, or the lobby. */
  readonly room?: string;
  /** Whether somebody sits there: then it keeps trying, and quitting doesn't wait for its turn. */
  readonly attended: boolean;
  readonly files: TalkFiles;
  /** What the client was started with, for where nobody can be asked. */
  readonly password?: string;
  onLogin(hello: Ok<"hello">): void;
  /** What is said on the first connection. */
  greeting(hello: Ok<"hello">): string;
}

/** How a talk ended. */
export type TalkEnd =
  /** As it was told to; `unsent` messages were not acknowledged. */
  | { readonly is: "done"; readonly refused: boolean; readonly unsent: number }
  /** The login is given up. */
  | { readonly is: "logged_out" }
  /** Somebody else is to go on. */
  | { readonly is: "as"; readonly user: string }
  /** The server doesn't let this user in. */
  | { readonly is: "refused"; readonly error: ChatError }
  | { readonly is: "unreachable"; readonly reason: string };
