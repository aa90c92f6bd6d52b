/** Who this user is here, and how others see them. */

import { useRef, useState } from "preact/hooks";
import { nameKey } from "../../lib/names.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { laterView } from "./later.tsx";
import type { MeMenuProps } from "./me_menu.tsx";
import { presenceIn } from "./presence.ts";
import type { PageProps } from "./ui.ts";

const MeMenu = laterView<MeMenuProps>((loaded) => loaded.MeMenu);

/** The foot of the conversations: one's name, which opens what is about oneself. */
export function MePanel({ model, ui }: PageProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const me = model.me.value;
  if (me === undefined) return null;
  const own = ui.known.value.get(nameKey(me.user));
  const isQuiet = model.settings.value.quiet === "on";
  const isOnline = model.status.value.is === "online";
  const presence = isOnline ? presenceIn({ ...own, online: true }) : "offline";
  return (
    <div class="me-panel">
      {isOpen && (
        <MeMenu
          model={model}
          ui={ui}
          isAway={presence === "away"}
          opener={button}
          onClose={() => setOpen(false)}
        />
      )}
      <button
        ref={button}
        type="button"
        class="me-line"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Avatar name={me.user} presence={presence} />
        <span class="me-words">
          <span class="me-name">{me.user}</span>
          <span class="quiet">{isQuiet ? "Do not disturb" : own?.away ?? me.role}</span>
        </span>
        <span class="hidden">: settings, be away, sign out</span>
        <Icon name="more" />
      </button>
      {presence === "away" && !isOpen && (
        <button
          type="button"
          class="button"
          onClick={() => model.away()}
        >
          I'm back
        </button>
      )}
    </div>
  );
}
