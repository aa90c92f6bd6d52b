/** Devices, invitations and people, as lines. Pure. */

import { onlyHereText, opensText, usedText } from "../client/invite_text.ts";
import type { InviteWish } from "../client/slash_row.ts";
import type { Role } from "../wire/command_row.ts";
import type { Ok } from "../protocol.ts";
import { printableLine } from "../printable.ts";
import { clockTime, dayOf, placeName, type View } from "./view.ts";
import { shorten, wrap } from "./wrap.ts";

/** What each role may do, for whoever asks who somebody is. */
const roleWords = {
  guest: "a guest: the name is theirs only while they are here",
  member: "a member: the name is theirs for good",
  moderator: "a moderator",
  owner: "the owner of this server",
} as const satisfies Record<Role, string>;

/** A user's devices, each with the number that `/revoke` takes. */
export function loginLines(logins: Ok<"logins">["logins"], now: number, view: View): string[] {
  const { paint } = view;
  const lines = logins.map(({ agent, at, here }, index) => {
    const when = here
      ? "this one"
      : `last used ${isToday(at, now) ? "at " : ""}${dayOrTime(at, now)}`;
    const name = shorten(printableLine(agent) || "a client without a name", view.columns - 30);
    return `  ${index + 1}. ${name} ${paint.quiet(when)}`;
  });
  const count = logins.length === 1 ? "1 device is" : `${logins.length} devices are`;
  return [paint.strong(`${count} logged in as you`), ...lines];
}

/** A new invitation: what it opens, and what whoever is invited types or opens. */
export function inviteLines(
  { code, url, address }: Ok<"invite">,
  wish: InviteWish,
  view: View,
): string[] {
  const { paint } = view;
  const onlyHere = onlyHereText({ url, address });
  const row = (what: string, text: string) => `  ${paint.quiet(what)} ${printableLine(text)}`;
  return [
    ...wrap(opensText(wish), view.columns).map(paint.strong),
    // Whole on a line of its own: what is wrapped can't be copied.
    row("In a terminal: deno task client --", address),
    ...url === "" ? [] : [row("In a browser: ", url)],
    row("The code alone:", code),
    ...onlyHere === undefined ? [] : wrap(onlyHere, view.columns).map(paint.quiet),
  ];
}

/** Invitations, each with the number that `/uninvite` takes. */
export function invitesLines(invites: Ok<"invites">["invites"], now: number, view: View): string[] {
  const { paint } = view;
  const lines = invites.map((each, index) => {
    const { room, role, until, user } = each;
    const words = [
      user === undefined ? "by the server" : `by ${printableLine(user)}`,
      ...room === undefined ? [] : [`to ${placeName({ room })}`],
      ...role === "guest" ? [] : [`as ${role}`],
      usedText(each),
      ...until === undefined ? [] : [`until ${dayOrTime(until, now)}`],
    ];
    return `  ${index + 1}. ${paint.quiet(words.join(", "))}`;
  });
  const heading = invites.length === 1 ? "1 invitation" : `${invites.length} invitations`;
  return [paint.strong(heading), ...lines];
}

/** Somebody, and what is known of them. */
export function whoLines(
  person: { readonly user: string; readonly role: Role; readonly online: boolean },
  away: string | undefined,
  view: View,
): string[] {
  const standing = person.online
    ? away === undefined ? "is here" : `is away: ${printableLine(away)}`
    : "isn't here";
  const text = `${printableLine(person.user)} ${standing}; ${roleWords[person.role]}`;
  return wrap(text, Math.min(100, view.columns));
}

function dayOrTime(at: number, now: number): string {
  return isToday(at, now) ? clockTime(at) : `${dayOf(at)} ${clockTime(at)}`;
}

function isToday(at: number, now: number): boolean {
  return dayOf(at) === dayOf(now);
}
