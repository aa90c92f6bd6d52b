/** What stands above where one writes, and the keys of its suggestions: not for the first drawing. */

import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import type { Suggestion, Suggestions } from "../text/suggest.ts";
import { Icon, IconButton } from "./icons.tsx";
import { gistOf } from "./message_row.tsx";

/** Which message is answered or edited. */
export function DraftAbout({ model }: { readonly model: Model }) {
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

/** Answers or edits nothing any more. */
export function leaveDraft(model: Model): void {
  const { quote, editing } = model.draft.peek();
  if (editing) model.edit(undefined);
  else if (quote) model.quote(undefined);
}

/** What a key does to the list of suggestions; whether it is one of its keys. */
export function takeKey(
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
