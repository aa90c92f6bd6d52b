/** What one can do with a message that a finger was held on. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Said } from "../../lib/client/messages.ts";
import { printableLine } from "../../lib/printable.ts";
import { copyText } from "./copying.tsx";
import { answer, change, linkTo, quick } from "./message_buttons.tsx";
import { gistOf } from "./message_row.tsx";
import { moderatesHere } from "./person_sheet.tsx";
import { Sheet, SheetLine } from "./sheet.tsx";
import type { PageProps } from "./ui.ts";

/** Reactions first, since they are most of it. */
export function MessageSheet({ model, ui, message }: PageProps & { readonly message: Said }) {
  const { text, user } = message;
  const isOwn = message.uid === model.me.value?.uid;
  const isModerated = !isOwn && moderatesHere(model, message);
  const [said, setSaid] = useState<string | undefined>(undefined);
  const [isSure, setSure] = useState(false);
  // The dialog that goes away gives the focus back, which would end a selection.
  const after = useRef<(() => void) | undefined>(undefined);
  useEffect(() => () => queueMicrotask(() => after.current?.()), []);
  const close = () => ui.held.value = undefined;
  const does = (work: () => void) => () => {
    close();
    work();
  };
  const copies = (what: string, name: string) => async () => {
    const box = document.querySelector<HTMLElement>("dialog.sheet") ?? document.body;
    setSaid(await copyText(what, box) ? `${name} copied` : "Cannot copy here: select it instead");
  };
  return (
    <Sheet label={`Message of ${printableLine(user)}`} place="middle" onClose={close}>
      <p class="sheet-about">
        <strong>{printableLine(user)}</strong>
        <span class="quote-text">{gistOf(message)}</span>
      </p>
      <div class="sheet-quick">
        {quick.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="icon-button quiet"
            aria-label={`React with ${emoji}`}
            onClick={does(() => model.react(message, emoji))}
          >
            <span class="emoji">{emoji}</span>
          </button>
        ))}
        <button
          type="button"
          class="button"
          onClick={does(() => ui.reactingTo.value = message)}
        >
          More emoji
        </button>
      </div>
      <SheetLine icon="reply" label="Answer" onClick={does(() => answer(message, model, ui))} />
      {text !== undefined && (
        <SheetLine icon="copy" label="Copy the text" onClick={copies(text, "Text")} />
      )}
      <SheetLine
        icon="select"
        label="Select text"
        onClick={does(() => after.current = () => selectIn(message.seq))}
      />
      {message.with === undefined && (
        <SheetLine icon="link" label="Copy link" onClick={copies(linkTo(message), "Link")} />
      )}
      {isOwn && (
        <SheetLine
          icon="edit"
          label="Edit"
          onClick={does(() => change(message, model, ui))}
        />
      )}
      {isOwn && (
        <div class={isSure ? "sheet-sure" : ""}>
          <SheetLine
            icon="trash"
            label={isSure ? "Take back for good" : "Take back"}
            onClick={isSure ? does(() => model.remove(message)) : () => setSure(true)}
          />
        </div>
      )}
      {isModerated && (
        <div class={isSure ? "sheet-sure" : ""}>
          <SheetLine
            icon="trash"
            label={isSure ? "Delete for good" : "Delete this message"}
            onClick={isSure ? does(() => model.remove(message)) : () => setSure(true)}
          />
        </div>
      )}
      {isModerated && (
        <SheetLine
          icon="people"
          label={`Moderate ${printableLine(user)}`}
          onClick={does(() => ui.person.value = { user, uid: message.uid })}
        />
      )}
      <p class="sheet-said quiet" role="status">{said}</p>
    </Sheet>
  );
}

/** Selects a message's text, which fingers can't do while holding it opens this. */
function selectIn(seq: number): void {
  const text = document.querySelector<HTMLElement>(`[data-seq="${seq}"] .message-text`);
  if (!text) return;
  text.dataset.selectable = "";
  const look = () => {
    if (!getSelection()?.isCollapsed) return;
    delete text.dataset.selectable;
    document.removeEventListener("selectionchange", look);
  };
  text.closest<HTMLElement>("[data-row]")?.focus({ preventScroll: true });
  getSelection()?.selectAllChildren(text);
  document.addEventListener("selectionchange", look);
}
