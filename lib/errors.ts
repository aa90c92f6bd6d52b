/** The refusal table, and the one error that crosses a boundary. A leaf. */

/** What each refusal does to the connection once it has been sent. */
export const refusals = {
  bad_message: "goes on",
  unknown_command: "goes on",
  bad_version: "goes on",
  unsupported: "goes on",
  hello_first: "goes on",
  name_invalid: "goes on",
  name_taken: "goes on",
  login_required: "goes on",
  bad_login: "goes on",
  bad_invite: "goes on",
  not_allowed: "goes on",
  banned: "goes on",
  muted: "goes on",
  no_such_room: "goes on",
  no_such_user: "goes on",
  no_such_message: "goes on",
  no_such_file: "goes on",
  no_such_transfer: "goes on",
  room_name_invalid: "goes on",
  room_full: "goes on",
  room_locked: "goes on",
  bad_offset: "goes on",
  bad_hash: "goes on",
  not_granted: "goes on",
  moved: "goes on",
  file_name: "goes on",
  file_type: "goes on",
  file_size: "goes on",
  quota: "goes on",
  disk_full: "goes on",
  slow_down: "goes on",
  unavailable: "goes on",
  internal: "goes on",
  flooding: "ends",
  too_long: "ends",
  too_slow: "ends",
  idle: "ends",
  server_full: "ends",
  revoked: "ends",
  closing: "ends",
} as const;

/** A code of the refusal table. */
export type RefusalCode = keyof typeof refusals;

/** Whether a text is a code of the refusal table. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(refusals, text);
}

/** Whether the connection ends after this refusal was sent. */
export function endsConnection(code: RefusalCode): boolean {
  return refusals[code] === "ends";
}

/** Whether it takes away the right to be here: whoever is told so is waited for hardly at all. */
export function putsOut(code: RefusalCode): boolean {
  return code === "revoked" || code === "banned";
}

/** What a refusal says beside its sentence. */
export interface RefusalOptions {
  readonly retryMs?: number;
  readonly transfer?: string;
  readonly offset?: number;
  readonly account?: boolean;
  /** Whether the connection ends though others of that code go on. */
  readonly ends?: boolean;
}

/**
 * A refusal on its way to a peer: the only error that crosses a boundary. Everything else that is
 * thrown becomes `internal` for the peer and is logged in full.
 */
export class ChatError extends Error {
  readonly code: RefusalCode;
  /** Milliseconds after which trying again may help. */
  readonly retryMs?: number;
  /** The transfer that a refused part belongs to, which has no `id` to say so. */
  readonly transfer?: string;
  /** The byte that has to come next where `bad_offset` is said. */
  readonly offset?: number;
  /** Whether the name that is taken is an account's: its password lets one in. */
  readonly account?: boolean;
  /** Whether the connection ends once this was sent. */
  readonly ends: boolean;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message);
    this.name = "ChatError";
    this.code = code;
    this.ends = options.ends ?? endsConnection(code);
    if (options.retryMs !== undefined) this.retryMs = options.retryMs;
    if (options.transfer !== undefined) this.transfer = options.transfer;
    if (options.offset !== undefined) this.offset = options.offset;
    if (options.account !== undefined) this.account = options.account;
  }
}

/** What a peer is told of an error: refusals as they are, anything else as `internal`. */
export function refusalOf(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  return new ChatError("internal", "Cannot do that: the server failed, and its log says why");
}

/** What is said where nothing can be kept for now. */
export function awayError(): ChatError {
  return new ChatError("unavailable", "Cannot store anything now: the storage is away; try again", {
    retryMs: 1000,
  });
}
