/** What a moderator can do with somebody: in the conversation in front, and on the whole server. */

import { useState } from "preact/hooks";
import { mayModerateWhom } from "../../lib/client/may.ts";
import { moderate, type Moderating } from "../../lib/client/moderate.ts";
import { isAtLeast, type Role } from "../../lib/wire/command_row.ts";
import type { Person } from "../../lib/events.ts";
import { limits } from "../../lib/limits.ts";
import { lobby, nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here, Model } from "../model.ts";
import { Said } from "./account.tsx";
import { useAsking } from "./asking.ts";
import type { IconName } from "./icons.tsx";
import { Sheet, SheetLine } from "./sheet.tsx";
import type { PageProps } from "./ui.ts";

/** Whether this user moderates somebody in the conversation in front. */
export function moderatesHere(model: Model, { uid, user }: Person): boolean {
  const here = model.here.value;
  const me = model.me.value;
  return here !== undefined && me !== undefined &&
    mayModerateWhom(here, me, { uid, ...roleOf(model, user) });
}

function roleOf(model: Model, user: string): { readonly role?: Role } {
  const role = model.users.value.get(nameKey(user))?.role;
  return role === undefined ? {} : { role };
}

/** One thing that can be done. */
interface Deed {
  readonly icon: IconName;
  readonly label: string;
  readonly action: Moderating;
  /** It is asked for twice. */
  readonly isGrave?: boolean;
}

/** Reason first: it is told with whatever is done then. */
export function PersonSheet({ model, ui, person }: PageProps & { readonly person: Person }) {
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState<string | undefined>(undefined);
  const asking = useAsking();
  const here = model.here.value;
  const name = printableLine(person.user);
  const close = () => ui.person.value = undefined;
  if (here === undefined) return null;
  const does = ({ label, action, isGrave }: Deed) => async () => {
    if (isGrave && sure !== label) return setSure(label);
    setSure(undefined);
    const why = "reason" in action || reason === "" ? action : withReason(action, reason);
    if (await asking.ask(() => moderate(model, here, why))) close();
  };
  const deeds = deedsOn(person, here, model);
  return (
    <Sheet label={`Moderate ${name}`} place="middle" onClose={close}>
      <p class="sheet-about">
        <strong>{name}</strong>
      </p>
      <label class="account-field">
        <span>Why, for everybody to see</span>
        <input
          class="field"
          value={reason}
          maxLength={limits.noteCharsMax}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      {deeds.map((deed) => (
        <div key={deed.label} class={sure === deed.label ? "sheet-sure" : ""}>
          <SheetLine
            icon={deed.icon}
            label={sure === deed.label ? `${deed.label}: really` : deed.label}
            onClick={() => void does(deed)()}
          />
        </div>
      ))}
      <SheetLine
        icon="people"
        label="Who is banned…"
        onClick={() => {
          close();
          model.go({ is: "bans" });
        }}
      />
      <Said asking={asking} />
    </Sheet>
  );
}

function deedsOn(person: Person, here: Here, model: Model): readonly Deed[] {
  const { uid, user } = person;
  const isStaff = isAtLeast(model.me.value?.role ?? "guest", "moderator");
  const until = here.rules.muted.get(uid)?.until ?? 0;
  const room = `#${printableLine(here.room)}`;
  const ban = { is: "ban", whom: user, isAddress: false } as const;
  const unmuted: Deed = { icon: "bell", label: "Let write again", action: { is: "unmute", user } };
  const muted: readonly Deed[] = [
    { icon: "silent", label: "Mute for 10 minutes", action: { is: "mute", user, seconds: 600 } },
    { icon: "silent", label: "Mute", action: { is: "mute", user } },
  ];
  const out: readonly Deed[] = [
    appointing(person, here, room),
    { icon: "leave", label: `Put out of ${room}`, action: { is: "kick", user }, isGrave: true },
    {
      icon: "trash",
      label: `Ban from ${room}`,
      action: { ...ban, onServer: false },
      isGrave: true,
    },
  ];
  const everywhere: Deed = {
    icon: "trash",
    label: "Ban from the server",
    action: { ...ban, onServer: true },
    isGrave: true,
  };
  return [
    ...until > model.now.peek() ? [unmuted] : muted,
    ...here.key === lobby ? [] : out,
    ...isStaff ? [everywhere] : [],
  ];
}

function appointing({ uid, user }: Person, { rules: { roles } }: Here, room: string): Deed {
  const isOne = roles.has(uid);
  return {
    icon: "people",
    label: isOne ? `No moderator of ${room} any more` : `Make a moderator of ${room}`,
    action: { is: "appoint", user, role: isOne ? "member" : "moderator" },
  };
}

function withReason(action: Moderating, reason: string): Moderating {
  return action.is === "kick" || action.is === "mute" || action.is === "ban"
    ? { ...action, reason }
    : action;
}
