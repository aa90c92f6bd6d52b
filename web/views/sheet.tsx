/** What one chooses from, over the page: at the bottom of a phone, else beside what opened it. */

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { useReturn } from "./use_return.ts";

/** A dialog that Esc, a click beside it and Back close. */
export function Sheet({ label, place, onClose, children }: {
  readonly label: string;
  /** Where it is on a wide page. */
  readonly place: "middle" | "head";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  useReturn(box);
  return (
    <dialog
      ref={box}
      class={`sheet ${place === "head" ? "below-head" : "in-middle"}`}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="sheet-inside">{children}</div>
    </dialog>
  );
}

/** A line of a sheet that does something. */
export function SheetLine({ icon, label, onClick }: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" class="sheet-line" onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}
