/** Checks of the fields of a JSON object, from which their types follow. A leaf. */

import { ChatError } from "../errors.ts";
import { wireLimits } from "./wire_limits.ts";

/** One field: what it must be, in words, and the check that makes a `T` of what came. */
export interface Field<T, Presence extends "needed" | "optional" = "needed" | "optional"> {
  /** Completes the sentence "`x` must be …". */
  readonly must: string;
  readonly presence: Presence;
  /** The checked value, or `undefined` where it isn't what it must be. */
  check(value: unknown): T | undefined;
}

/** Fields by their names. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, "needed"> ? never : K;
}[keyof F];
type Checked<X> = X extends Field<infer T> ? T : never;

/** The object that has passed the checks of `F`. */
export type Shape<F extends Fields> =
  & { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Checked<F[K]> }
  & { readonly [K in OptionalKeys<F>]?: Checked<F[K]> };

/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether `value` is a JSON object: not an array, not `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function needed<T>(must: string, check: (value: unknown) => T | undefined): Field<T, "needed"> {
  return { must, presence: "needed", check };
}

/** The same field where it may be left out (or `null`). */
export function optional<T>(field: Field<T>): Field<T, "optional"> {
  return { must: field.must, presence: "optional", check: field.check };
}

const encoder = new TextEncoder();

/** How many bytes `text` takes as UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** A text of at most `charsMax` UTF-16 units that isn't empty. */
export function note(charsMax: number): Field<string, "needed"> {
  return needed(
    `a text of 1 to ${charsMax} characters`,
    (value) => isNote(value, charsMax) && value.length > 0 ? value : undefined,
  );
}

/** The same where it may be empty. */
export function noteOrNothing(charsMax: number): Field<string, "needed"> {
  return needed(
    `a text of at most ${charsMax} characters`,
    (value) => isNote(value, charsMax) ? value : undefined,
  );
}

/** A text that is checked further on, where a wrong one has a refusal of its own. */
export function anyText(charsMax: number): Field<string, "needed"> {
  return needed(
    `a text of at most ${charsMax} characters`,
    (value) => typeof value === "string" && value.length <= charsMax ? value : undefined,
  );
}

// deno-lint-ignore no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const controlOrNewline = /[\u0000-\u001f\u007f-\u009f]/;

function isNote(value: unknown, charsMax: number): value is string {
  return typeof value === "string" && value.length <= charsMax && value.isWellFormed() &&
    !controlOrNewline.test(value);
}

/** What people write: Unicode, not empty, no control characters but newline and tab. */
export const prose: Field<string, "needed"> = needed(
  `1 to ${wireLimits.textBytesMax} bytes of Unicode without control characters but newline and tab`,
  (value) =>
    typeof value === "string" && value !== "" && !control.test(value) && value.isWellFormed() &&
      (value.length * 3 <= wireLimits.textBytesMax || utf8Length(value) <= wireLimits.textBytesMax)
      ? value
      : undefined,
);

/** An opaque id that its maker chose: a cid, a uid, a cursor. */
export function opaque<T extends string = string>(): Field<T, "needed"> {
  return needed(
    `a text of 1 to ${wireLimits.idCharsMax} characters`,
    (value) =>
      isNote(value, wireLimits.idCharsMax) && value.length > 0 ? value as string as T : undefined,
  );
}

/** What a peer called one of its commands. */
export const called: Field<number | string, "needed"> = needed(
  `an integer, or a text of 1 to ${wireLimits.idCharsMax} characters`,
  (value) => Number.isSafeInteger(value) ? Number(value) : opaque().check(value),
);

/** A SHA-256 as 64 hexadecimal digits; it comes out in lower case. */
export const sha256: Field<string, "needed"> = needed(
  "a SHA-256 as 64 hexadecimal digits",
  (value) =>
    typeof value === "string" && /^[\da-f]{64}$/i.test(value) ? value.toLowerCase() : undefined,
);

/** What kind of file something is, safe to be sent as a header of HTTP. */
export const mediaType: Field<string, "needed"> = needed(
  "a media type like text/plain",
  (value) =>
    typeof value === "string" && value.length <= 127 &&
      /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w-]+="?[\w.+-]+"?)?$/.test(value)
      ? value
      : undefined,
);

/** At most `bytesMax` bytes, at least one, in base64 with its padding. */
export function base64(bytesMax: number): Field<string, "needed"> {
  const charsMax = Math.ceil(bytesMax / 3) * 4;
  return needed(
    `1 to ${bytesMax} bytes in base64`,
    (value) =>
      typeof value === "string" && value.length <= charsMax && value.length % 4 === 0 &&
        value !== "" && /^[A-Za-z\d+/]+={0,2}$/.test(value)
        ? value
        : undefined,
  );
}

/** An integer from `least` to `most`, or to 2^53 - 1. */
export function integer(least: number, most?: number): Field<number, "needed"> {
  return needed(
    `an integer from ${least}${most === undefined ? "" : ` to ${most}`}`,
    (value) =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= (most ?? Infinity)
        ? Number(value)
        : undefined,
  );
}

/** `true` or `false`. */
export const flag: Field<boolean, "needed"> = needed(
  "true or false",
  (value) => typeof value === "boolean" ? value : undefined,
);

/** Exactly `wanted`. */
export function exactly<T extends string | number | boolean>(wanted: T): Field<T, "needed"> {
  return needed(JSON.stringify(wanted), (value) => value === wanted ? wanted : undefined);
}

/** One emoji, or whatever short sign the sender means. */
export const emoji: Field<string, "needed"> = needed(
  `an emoji of at most ${wireLimits.emojiBytesMax} bytes`,
  (value) =>
    isNote(value, wireLimits.emojiBytesMax) && value !== "" && !/\s/u.test(value) &&
      utf8Length(value) <= wireLimits.emojiBytesMax
      ? value
      : undefined,
);

/** At most `most` values that pass `field`. */
export function list<T>(field: Field<T>, most: number): Field<readonly T[], "needed"> {
  return needed(`at most ${most} values, each ${field.must}`, (value) => {
    if (!Array.isArray(value) || value.length > most) return undefined;
    const checked: T[] = [];
    for (const one of value) {
      const passed = field.check(one);
      if (passed === undefined) return undefined;
      checked.push(passed);
    }
    return checked;
  });
}

/** An object with these fields; others in it are left out. */
export function record<F extends Fields>(fields: F): Field<Shape<F>, "needed"> {
  const must = `an object with ${Object.keys(fields).join(", ")}`;
  return needed(must, (value) => isObject(value) ? checkFields(fields, value) : undefined);
}

/** An object whose values all pass `field`. */
export function recordOf<T>(field: Field<T>): Field<Readonly<Record<string, T>>, "needed"> {
  return needed(`an object whose values are ${field.must}`, (value) => {
    if (!isObject(value)) return undefined;
    const checked: Record<string, T> = Object.create(null);
    for (const key of Object.keys(value)) {
      const passed = field.check(value[key]);
      if (passed === undefined) return undefined;
      checked[key] = passed;
    }
    return checked;
  });
}

/** The fields of `value` that `fields` names, checked; `undefined` where one isn't what it must be. */
export function checkFields<F extends Fields>(fields: F, value: JsonObject): Shape<F> | undefined {
  const checked: Record<string, unknown> = {};
  for (const key in fields) {
    const field = fields[key];
    const raw = value[key];
    if (raw === undefined || raw === null) {
      if (field.presence === "optional") continue;
      return undefined;
    }
    const passed = field.check(raw);
    if (passed === undefined) return undefined;
    checked[key] = passed;
  }
  return checked as Shape<F>;
}

/**
 * The same for what a peer sent.
 *
 * @throws {ChatError} `bad_message`, naming the first field that isn't what it must be.
 */
export function requireFields<F extends Fields>(
  what: string,
  fields: F,
  value: JsonObject,
): Shape<F> {
  const checked = checkFields(fields, value);
  if (checked !== undefined) return checked;
  const wrong = Object.keys(fields).find((key) => {
    const raw = value[key] ?? undefined;
    return raw === undefined
      ? fields[key].presence === "needed"
      : fields[key].check(raw) === undefined;
  });
  const must = wrong === undefined ? "right" : fields[wrong].must;
  throw new ChatError("bad_message", `Cannot ${what}: "${wrong}" must be ${must}`);
}
