/** What lets a user in beside their name: given to the client, or asked for on a terminal. */

import type { Machine } from "./machine.ts";
import { type Common } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { typedPath } from "./typed_path.ts";

/** A password, an invitation, or neither. */
export interface Credentials {
  readonly password?: string;
  readonly invite?: string;
}

/**
 * Those that the client was started with: `--password-file` comes before the variable.
 *
 * @throws {UsageError} where the file can't be read.
 */
export function credentialsGiven(wanted: Common, machine: Machine): Credentials {
  const { invite, passwordFile } = wanted;
  const password = passwordFile === undefined
    ? machine.password
    : passwordIn(typedPath(passwordFile, machine.standing), machine);
  return {
    ...invite !== undefined && { invite },
    ...password !== undefined && { password },
  };
}

function passwordIn(path: string, machine: Machine): string {
  if (!machine.mayUse(path, ["read"])) {
    const line = machine.lineThatMay({ read: [path], write: [] });
    throw new UsageError(
      `Cannot read the password in "${path}": Deno was not told that this client may; this line ` +
        `tells it\n\n  ${line}\n`,
    );
  }
  const [password] = textOf(path).split(/\r?\n/, 1);
  if (password === "") throw new UsageError(`Cannot log in: the first line of "${path}" is empty`);
  return password;
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new UsageError(`Cannot read the password in "${path}": ${why}`);
  }
}
