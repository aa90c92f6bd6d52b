/** Where one writes: Enter says it, Up edits what was said last, Tab completes. */

import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import type { Suggestion, Suggestions } from "../text/suggest.ts";
import { AttachButton } from "./attach_button.tsx";
import { LaterPicker } from "./later_picker.tsx";
import { useEmoji } from "./use_emoji.ts";
import { Icon, IconButton } from "./icons.tsx";
import { behind, laterView } from "./later.tsx";
import { gistOf } from "./message_row.tsx";
import type { PageProps } from "./ui.ts";

const SuggestionList = laterView((loaded) => loaded.SuggestionList);

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
    model.submit(text);
    setCaret(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // An input method takes its keys for itself.
    if (event.isComposing) return;
    if (
      found && takeKey(event, found, {
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
      leaveDraft(model);
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
      <div class="composer-line">
        <AttachButton model={model} />
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          dir="auto"
          aria-label={`Write to ${name}`}
          placeholder={name === "" ? "" : `Write to ${name.startsWith("@") ? name : `#${name}`}`}
          aria-autocomplete="list"
          aria-controls={found ? listId : undefined}
          aria-activedescendant={found ? `${listId}-${chosen}` : undefined}
          autocomplete="off"
          enterkeyhint="send"
          value={text}
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
          disabled={text.trim() === ""}
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

/** Which message is answered or edited. */
function DraftAbout({ model }: { readonly model: Model }) {
  const { quote, editing } = model.draft.value;
  const about = editing ?? quote;
  if (about === undefined) return null;
  return (
    <div class="draft-about">
      <Icon name={editing ? "edit" : "reply"} />
      <span class="draft-what">
        {editing ? "Editing" : `Answering ${printableLine(about.user)}`}
      </span>
      <span class="quote-text">{gistOf(about)}</span>
      <IconButton
        name="close"
        label={editing ? "Don't edit" : "Don't answer"}
        isQuiet
        onClick={() => leaveDraft(model)}
      />
    </div>
  );
}

function leaveDraft(model: Model): void {
  const { quote, editing } = model.draft.peek();
  if (editing) model.edit(undefined);
  else if (quote) model.quote(undefined);
}

/** What a key does to the list of suggestions; whether it is one of its keys. */
function takeKey(
  event: KeyboardEvent,
  { all, from, to }: Suggestions,
  { chosen, written }: { readonly chosen: number; readonly written: string },
  does: {
    put(insert: string, from: number, to: number): void;
    setChosen(index: number): void;
    close(): void;
  },
): boolean {
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      const step = event.key === "ArrowDown" ? 1 : -1;
      does.setChosen((chosen + step + all.length) % all.length);
      return true;
    }
    case "Enter":
    case "Tab": {
      const one: Suggestion | undefined = all[chosen];
      if (one === undefined || event.shiftKey) return false;
      // What stands there already is said, not chosen.
      if (event.key === "Enter" && one.insert.trimEnd() === written) return false;
      does.put(one.insert, from, to);
      return true;
    }
    case "Escape":
      does.close();
      return true;
    default:
      return false;
  }
}

/** As high as its text, to a bound that the style sets. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
