/** What is about oneself: settings, one's account, being away, leaving for good. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import type { PageProps } from "./ui.ts";

/** What the menu needs. */
export interface MeMenuProps extends PageProps {
  readonly isAway: boolean;
  /** What opened it: the cursor goes back there, and a click on it closes the menu by itself. */
  readonly opener: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** Where one goes from it. */
const places = [
  ["settings", "settings", "Settings"],
  ["account", "key", "Account and devices"],
  ["invite", "invite", "Invite people"],
] as const;

/** Above one's name; closed by Esc, by going anywhere, and by a click beside it. */
export function MeMenu({ model, ui, isAway, opener, onClose }: MeMenuProps) {
  const [why, setWhy] = useState("");
  const [isLeaving, setLeaving] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const sure = useRef<HTMLButtonElement>(null);
  const isGuest = model.me.value?.role === "guest";
  const close = () => {
    onClose();
    opener.current?.focus();
  };
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("button, input")?.focus();
    const onPointer = ({ target }: Event) => {
      if (!(target instanceof Node)) return;
      if (box.current?.contains(target) || opener.current?.contains(target)) return;
      onClose();
    };
    // Wherever the cursor is, and before what else Esc does.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    addEventListener("pointerdown", onPointer);
    addEventListener("keydown", onKey, true);
    return () => {
      removeEventListener("pointerdown", onPointer);
      removeEventListener("keydown", onKey, true);
    };
  }, []);
  useEffect(() => {
    if (isLeaving) sure.current?.focus();
  }, [isLeaving]);
  return (
    <div
      ref={box}
      class="me-menu"
      role="group"
      aria-label="About you"
      onFocusOut={({ relatedTarget }) => {
        const isElsewhere = relatedTarget instanceof Node && relatedTarget !== opener.current;
        if (isElsewhere && !box.current?.contains(relatedTarget)) onClose();
      }}
    >
      {places.map(([is, icon, label]) => (
        <button
          key={is}
          type="button"
          class="room-line"
          onClick={() => {
            onClose();
            ui.isMenuOpen.value = false;
            model.go({ is });
          }}
        >
          <Icon name={icon} />
          <span class="room-name">{label}</span>
        </button>
      ))}
      {isAway
        ? (
          <button
            type="button"
            class="room-line"
            onClick={() => {
              model.away();
              close();
            }}
          >
            <Icon name="back" />
            <span class="room-name">I'm back</span>
          </button>
        )
        : (
          <form
            class="me-away"
            onSubmit={(event) => {
              event.preventDefault();
              model.away(why.trim() === "" ? "away" : why.trim());
              close();
            }}
          >
            <input
              class="field"
              placeholder="At lunch, say"
              aria-label="Why you are away"
              maxLength={200}
              value={why}
              onInput={(event) => setWhy(event.currentTarget.value)}
            />
            <button type="submit" class="button">Be away</button>
          </form>
        )}
      {isLeaving
        ? (
          <div class="me-leaving">
            <p id="me-leaving">
              This browser forgets who you are, with drafts and unsent messages. What you said
              stays.{" "}
              {isGuest
                ? "Your name is free for others at once."
                : "Your password lets you in again."}
            </p>
            <div class="buttons">
              <button
                ref={sure}
                type="button"
                class="button sure"
                aria-describedby="me-leaving"
                onClick={() => model.signOut()}
              >
                Sign out
              </button>
              <button type="button" class="button" onClick={() => setLeaving(false)}>Stay</button>
            </div>
          </div>
        )
        : (
          <button type="button" class="room-line" onClick={() => setLeaving(true)}>
            <Icon name="leave" />
            <span class="room-name">Sign out…</span>
          </button>
        )}
    </div>
  );
}
