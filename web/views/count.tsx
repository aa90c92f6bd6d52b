/** How much there is that wasn't seen yet. */

/** What waits. */
export interface CountProps {
  /** Messages of others; 1,000 stands for many. */
  readonly unread: number;
  /** How many of them name this user. */
  readonly mentions: number;
  /** Whether they are for this user only. */
  readonly isNamed?: boolean;
}

/** A number that is louder for what is for this user, and an `@` where it names them. */
export function Count({ unread, mentions, isNamed = false }: CountProps) {
  const kind = mentions > 0 && !isNamed ? "count calling" : isNamed ? "count loud" : "count";
  return (
    <span class={kind}>
      {mentions > 0 && !isNamed && <span aria-hidden="true">@</span>}
      {unread > 999 ? "999+" : unread}
      <span class="hidden">{mentions > 0 ? ` unread, ${mentions} name you` : " unread"}</span>
    </span>
  );
}
