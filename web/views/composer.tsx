/** Where one writes: Enter says it, Up edits what was said last, Tab completes. */

import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { printableLine } from "../../lib/printable.ts";
import { AttachButton } from "./attach_button.tsx";
import { LaterPicker } from "./later_picker.tsx";
import { useEmoji } from "./use_emoji.ts";
import { Icon, IconButton } from "./icons.tsx";
import { behind, laterView } from "./later.tsx";
import type { PageProps } from "./ui.ts";

const SuggestionList = laterView((loaded) => loaded.SuggestionList);
const DraftAbout = laterView((loaded) => loaded.DraftAbout);

/** The field with what belongs to it. */
export function Composer({ model, ui }: PageProps) {
  // Not the conversation itself, which is another one with each message that comes.
  const key = useComputed(() => model.here.value?.key).value;
  const room = useComputed(() => model.here.value?.room).value;
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const [isPicking, setPicking] = useState(false);
  const { text } = model.draft.value;
  const emoji = useEmoji(/:[a-z0-9_+-]{2}|^\/react\s/i.test(text));
  const loaded = behind.value.value;
  const whyNot = useComputed(() => behind.value.value?.whyNot(model)?.text).value;
  const isShut = useComputed(() => behind.value.value?.whyNot(model)?.isSoon === false).value;
  // A line that does something goes out all the same.
  const isHeld = whyNot !== undefined && !text.startsWith("/");
  const found = caret === undefined || loaded === undefined
    ? undefined
    : loaded.suggest(text, caret, loaded.knownWords(model, emoji));

  useLayoutEffect(() => {
    if (field.current) fit(field.current);
  }, [text, key]);
  useEffect(() => behind.load(), []);
  useEffect(() => {
    setCaret(undefined);
    setPicking(false);
    // A keyboard that covers half of a phone comes only when it is asked for.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [key]);
  const focused = ui.focusComposer.value;
  useEffect(() => {
    if (focused > 0) field.current?.focus();
  }, [focused]);

  const write = (next: string, at: number) => {
    model.write(next);
    setChosen(0);
    setCaret(at);
  };
  /** Puts `insert` in the place of a part of the text. */
  const put = (insert: string, from: number, to: number) => {
    const rest = text.slice(to);
    const isSpaced = insert.endsWith(" ") && rest.startsWith(" ");
    const end = from + insert.length;
    write(text.slice(0, from) + (isSpaced ? insert.slice(0, -1) : insert) + rest, end);
    // The field has the new text only when it has been drawn.
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(end, end);
    });
  };
  const say = () => {
    if (isHeld) return;
    model.submit(text);
    setCaret(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // An input method takes its keys for itself.
    if (event.isComposing) return;
    if (
      found && loaded?.takeKey(event, found, {
        chosen,
        written: text.slice(found.from, found.to),
      }, { put, setChosen, close: () => setCaret(undefined) })
    ) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      say();
    } else if (event.key === "ArrowUp" && text === "" && !event.altKey) {
      if (model.editLast()) event.preventDefault();
    } else if (event.key === "Escape") {
      loaded?.leaveDraft(model);
    }
  };
  const name = room === undefined ? "" : printableLine(room);
  const listId = "suggestions";
  return (
    <div class="composer">
      {found && (
        <SuggestionList
          id={listId}
          found={found}
          chosen={chosen}
          onChoose={({ insert }) => put(insert, found.from, found.to)}
        />
      )}
      <DraftAbout model={model} />
      {whyNot !== undefined && <p id="why-not" class="composer-why">{whyNot}</p>}
      <div class="composer-line">
        <AttachButton model={model} />
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          dir="auto"
          aria-label={`Write to ${name}`}
          placeholder={name === "" ? "" : `Write to ${name.startsWith("@") ? name : `#${name}`}`}
          aria-describedby={whyNot === undefined ? undefined : "why-not"}
          aria-autocomplete="list"
          aria-controls={found ? listId : undefined}
          aria-activedescendant={found ? `${listId}-${chosen}` : undefined}
          autocomplete="off"
          enterkeyhint="send"
          value={text}
          disabled={isShut}
          onInput={({ currentTarget }) => write(currentTarget.value, currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (event.clipboardData && model.take(event.clipboardData)) event.preventDefault();
          }}
          onBlur={() => setCaret(undefined)}
        />
        <IconButton
          name="smile"
          label="Emoji"
          isQuiet
          isPressed={isPicking}
          onClick={() => setPicking(!isPicking)}
        />
        <button
          type="button"
          class="icon-button send"
          aria-label="Send"
          title="Send (Enter)"
          disabled={text.trim() === "" || isHeld}
          onClick={say}
        >
          <Icon name="send" />
        </button>
        {isPicking && (
          <LaterPicker
            onPick={(emoji) => {
              setPicking(false);
              const at = field.current?.selectionStart ?? text.length;
              put(emoji, at, field.current?.selectionEnd ?? at);
            }}
            onClose={() => setPicking(false)}
          />
        )}
      </div>
    </div>
  );
}

/** As high as its text, to a bound that the style sets. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
