/** Where one chooses an emoji. Its table is large, and loaded when it is first wanted. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useEmoji } from "./use_emoji.ts";

/** Shown at once of each kind; looking for a word finds the others. */
const foundMax = 120;

/** Every emoji, by kind or by a word. */
export function EmojiPicker({ onPick, onClose }: {
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}) {
  const table = useEmoji(true);
  const [word, setWord] = useState("");
  const [group, setGroup] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    const leave = (event: PointerEvent) => {
      if (!(event.target instanceof Element) || box.current?.contains(event.target)) return;
      // The button that opened it closes it by itself.
      if (!event.target.closest('button[aria-pressed="true"]')) onClose();
    };
    addEventListener("pointerdown", leave);
    return () => removeEventListener("pointerdown", leave);
  }, []);
  const shown = word === ""
    ? table?.emojiGroups[group]?.all ?? []
    : table?.findEmoji(word, foundMax) ?? [];
  return (
    <div
      ref={box}
      class="picker"
      role="dialog"
      aria-label="Choose an emoji"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <input
        type="search"
        class="field"
        placeholder="Search emoji"
        aria-label="Search emoji"
        ref={field}
        value={word}
        onInput={(event) => setWord(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && shown.length > 0) onPick(shown[0].emoji);
        }}
      />
      <div class="picker-groups" role="toolbar" aria-label="Kinds of emoji">
        {table?.emojiGroups.map(({ title, all }, index) => (
          <button
            key={title}
            type="button"
            class="icon-button quiet"
            aria-label={title}
            title={title}
            aria-pressed={word === "" && index === group}
            onClick={() => {
              setWord("");
              setGroup(index);
            }}
          >
            <span class="emoji">{all[0].emoji}</span>
          </button>
        ))}
      </div>
      <div class="picker-all" role="group" aria-label="Emoji" data-stop="grid">
        {shown.map(({ emoji, name }) => (
          <button
            key={emoji}
            type="button"
            class="icon-button quiet"
            aria-label={name.replaceAll("_", " ")}
            title={`:${name}:`}
            onClick={() => onPick(emoji)}
          >
            <span class="emoji">{emoji}</span>
          </button>
        ))}
        {table !== undefined && shown.length === 0 && <p class="empty">No emoji is called so</p>}
      </div>
    </div>
  );
}
