/** Taking something back: it can't be undone, so it is asked for twice. */

import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "./icons.tsx";

/** A button that becomes another one, which does it; leaving that one, or Esc, is no. */
export function SureButton({ label, word = "Take back", onSure }: {
  readonly label: string;
  /** What the other one says. */
  readonly word?: string;
  readonly onSure: () => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const second = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) second.current?.focus();
  }, [isAsking]);
  if (!isAsking) {
    return <IconButton name="trash" label={label} isQuiet onClick={() => setAsking(true)} />;
  }
  return (
    <button
      ref={second}
      type="button"
      class="button sure"
      aria-label={`${label} for good`}
      onBlur={() => setAsking(false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // Not further out, such as out of the message; the focus goes to the first button again.
        event.preventDefault();
        event.stopPropagation();
        setAsking(false);
      }}
      onClick={() => {
        setAsking(false);
        onSure();
      }}
    >
      {word}
    </button>
  );
}
