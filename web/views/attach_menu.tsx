/** What a phone is asked for: a picture taken now, or files that are there. */

import { useEffect, useRef } from "preact/hooks";
import type { Model } from "../model.ts";
import { Icon } from "./icons.tsx";

/** Above the button that opened it; closed by Esc and by a tap beside it. */
export function AttachMenu({ model, onClose }: {
  readonly model: Model;
  readonly onClose: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("button")?.focus();
    const onPointer = ({ target }: Event) => {
      const isInside = target instanceof Element && target.closest(".attach") !== null;
      if (!isInside) onClose();
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, []);
  const pick = (from?: "camera") => {
    onClose();
    model.pick(from);
  };
  return (
    <div
      ref={box}
      class="attach-menu"
      role="group"
      aria-label="What to send"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        box.current?.parentElement?.querySelector("button")?.focus();
        onClose();
      }}
    >
      <button type="button" class="room-line" onClick={() => pick("camera")}>
        <Icon name="camera" /> Take a picture
      </button>
      <button type="button" class="room-line" onClick={() => pick()}>
        <Icon name="file" /> Pictures and files
      </button>
    </div>
  );
}
