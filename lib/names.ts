/** The rule for the names of users and rooms, how they compare, and what `room` can name. A leaf. */

declare const brand: unique symbol;
/** A text that was checked to be a `Name`. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A user's opaque, never reused number-plate. */
export type Uid = Branded<"uid">;
/** What names of users and rooms are compared by: NFKC, without case. */
export type NameKey = Branded<"name key">;
/**
 * The one name of a conversation inside a server: a room's {@linkcode NameKey}, or `@uid@uid` with
 * the two users of a private one in order.
 */
export type ConversationId = Branded<"conversation">;

/** A file that is shared, opaque and never used again. */
export type FileId = Branded<"file">;
/** A file on its way to the server, opaque and never used again. */
export type TransferId = Branded<"transfer">;

/** How long names may be and what may be in them. */
export interface NameRule {
  /** In Unicode code points. */
  readonly charsMax: number;
  /** Whether only letters and digits are allowed, without `_ . -`. */
  readonly plain: boolean;
}

const usual = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u;
const plain = /^[\p{L}\p{N}]+$/u;

/** The room that everybody is in. */
export const lobby = "lobby" as ConversationId & NameKey;

/** Of most names nothing has to be normalized, and lists compare thousands. */
const ascii = /^[\0-\x7f]*$/;

/** What `name` is compared by. */
export function nameKey(name: string): NameKey {
  if (ascii.test(name)) return name.toLowerCase() as NameKey;
  return name.normalize("NFKC").toLowerCase().normalize("NFKC") as NameKey;
}

/** Whether a user or room may be called `name`. */
export function isName(name: string, rule: NameRule): boolean {
  return [...name].length <= rule.charsMax && [...nameKey(name)].length <= rule.charsMax * 2 &&
    (rule.plain ? plain : usual).test(name) && (rule.plain ? plain : usual).test(nameKey(name));
}

/** What a name may be, as a part of a sentence. */
export function nameRuleText(rule: NameRule): string {
  const among = rule.plain
    ? "letters and digits"
    : "letters, digits, _ . and -, the first a letter or digit";
  return `1 to ${rule.charsMax} characters: ${among}`;
}

/** The private conversation of two users: the same for both. */
export function pairId(one: Uid, other: Uid): ConversationId {
  return (one < other ? `@${one}@${other}` : `@${other}@${one}`) as ConversationId;
}

/** The two users of a private conversation, or `undefined` for a room. */
export function pairOf(id: ConversationId): readonly [Uid, Uid] | undefined {
  if (!id.startsWith("@")) return undefined;
  const [, one, other] = id.split("@");
  return [one as Uid, other as Uid];
}

/** The conversation that a room's name stands for. */
export function roomId(name: string): ConversationId {
  return nameKey(name) as string as ConversationId;
}
