/** Who this user is here, and how others see them. */

import { useState } from "preact/hooks";
import { nameKey } from "../../lib/names.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icons.tsx";
import { presenceIn } from "./presence.ts";
import type { PageProps } from "./ui.ts";

/** The foot of the conversations: one's name, being away, leaving. */
export function MePanel({ model, ui }: PageProps) {
  const [isOpen, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const me = model.me.value;
  if (me === undefined) return null;
  const own = ui.known.value.get(nameKey(me.user));
  const isOnline = model.status.value.is === "online";
  const presence = isOnline ? presenceIn({ ...own, online: true }) : "offline";
  return (
    <div class="me-panel">
      {isOpen && (
        <form
          class="me-more"
          onSubmit={(event) => {
            event.preventDefault();
            model.away(why.trim() === "" ? "away" : why.trim());
            setOpen(false);
          }}
        >
          <input
            class="field"
            placeholder="Why you are away"
            aria-label="Why you are away"
            maxLength={200}
            value={why}
            onInput={(event) => setWhy(event.currentTarget.value)}
          />
          <div class="buttons">
            <button type="submit" class="button">Be away</button>
            <button type="button" class="button" onClick={() => model.signOut()}>Sign out</button>
          </div>
        </form>
      )}
      <div class="me-line">
        <Avatar name={me.user} presence={presence} />
        <div class="me-words">
          <span class="me-name">{me.user}</span>
          <span class="quiet">{own?.away ?? me.role}</span>
        </div>
        {presence === "away"
          ? <button type="button" class="button" onClick={() => model.away()}>I'm back</button>
          : (
            <IconButton
              name="more"
              label="Be away, or sign out"
              isQuiet
              isPressed={isOpen}
              onClick={() => setOpen(!isOpen)}
            />
          )}
      </div>
    </div>
  );
}
