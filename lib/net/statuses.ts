/** How refusals are answered over HTTP. */

import { ChatError, type RefusalCode } from "../errors.ts";
import type { WebAnswer } from "./route.ts";

/** The status of each refusal. */
const statuses: Readonly<Record<RefusalCode, number>> = {
  bad_message: 400,
  unknown_command: 400,
  bad_version: 400,
  unsupported: 501,
  hello_first: 401,
  name_invalid: 400,
  name_taken: 409,
  login_required: 401,
  bad_login: 401,
  bad_invite: 403,
  not_allowed: 403,
  banned: 403,
  muted: 403,
  no_such_room: 404,
  no_such_user: 404,
  no_such_message: 404,
  no_such_file: 404,
  no_such_transfer: 404,
  room_name_invalid: 400,
  room_full: 409,
  room_locked: 403,
  bad_offset: 409,
  bad_hash: 422,
  not_granted: 503,
  moved: 409,
  file_name: 400,
  file_type: 415,
  file_size: 413,
  quota: 507,
  disk_full: 507,
  slow_down: 429,
  flooding: 429,
  too_long: 413,
  too_slow: 408,
  idle: 408,
  server_full: 503,
  revoked: 401,
  unavailable: 503,
  closing: 503,
  internal: 500,
};

/** The status that fits a code of the refusal table. */
function statusOf(code: RefusalCode): number {
  return statuses[code];
}

/** A refusal as the answer to a request; `status` where the code's own doesn't fit. */
export function refusalAnswer(error: ChatError, status: number = statusOf(error.code)): WebAnswer {
  const { code, message, retryMs, offset } = error;
  const wait: Record<string, string> = retryMs === undefined
    ? {}
    : { "retry-after": String(Math.max(1, Math.ceil(retryMs / 1000))) };
  // RFC 9110, 15.5.2: it has to say how one logs in.
  const login: Record<string, string> = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return jsonAnswer(status, { code, message, retry_ms: retryMs, offset }, { ...wait, ...login });
}

/** JSON as an answer. */
export function jsonAnswer(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): WebAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value) + "\n",
  };
}
