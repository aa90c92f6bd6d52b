/** What one can do with a message. */

import { IconButton } from "./icons.tsx";
import { printableLine } from "../../lib/printable.ts";
import { nameKey } from "../../lib/names.ts";
import { hashOf } from "../routes.ts";
import { CopyButton } from "./copying.tsx";
import type { Said } from "../../lib/client/messages.ts";
import type { Model } from "../model.ts";
import type { MessageProps } from "./message_row.tsx";
import { moderatesHere } from "./person_sheet.tsx";
import { SureButton } from "./sure_button.tsx";
import type { Ui } from "./ui.ts";

/** The address of a message in a room. In a private conversation each of both has another. */
export function linkTo({ room, seq }: Said): string {
  return new URL(hashOf({ is: "chat", key: nameKey(room), seq }), location.href).href;
}

/** Begins to answer a message. */
export function answer(message: Said, model: Model, ui: Ui): void {
  model.quote(message);
  ui.focusComposer.value++;
}

/** Begins to edit one. */
export function change(message: Said, model: Model, ui: Ui): void {
  model.edit(message);
  ui.focusComposer.value++;
}

/** What most reactions are. */
export const quick = ["👍", "❤️", "😂"] as const;

/** Buttons beside the message that is pointed at, touched or focused. */
export function MessageButtons({ model, ui, message, isOwn }: MessageProps) {
  const { text } = message;
  const isModerated = !isOwn && moderatesHere(model, message);
  const isReacting = ui.reactingTo.value?.seq === message.seq;
  // Under a finger there is room for less, and holding the message opens the rest.
  if (matchMedia("(pointer: coarse)").matches) {
    return (
      <div class="message-buttons" role="toolbar" aria-label="This message">
        <IconButton
          name="reply"
          label="Answer"
          isQuiet
          onClick={() => answer(message, model, ui)}
        />
        <IconButton
          name="more"
          label="What can be done with this message"
          isQuiet
          onClick={() => ui.held.value = message}
        />
      </div>
    );
  }
  return (
    <div class="message-buttons" role="toolbar" aria-label="This message">
      {quick.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="icon-button quiet quick"
          aria-label={`React with ${emoji}`}
          onClick={() => model.react(message, emoji)}
        >
          <span class="emoji">{emoji}</span>
        </button>
      ))}
      <IconButton
        name="smile"
        label="React"
        isQuiet
        isPressed={isReacting}
        onClick={() => ui.reactingTo.value = isReacting ? undefined : message}
      />
      <IconButton
        name="reply"
        label="Answer"
        isQuiet
        onClick={() => answer(message, model, ui)}
      />
      {text !== undefined && <CopyButton text={text} label="Copy the text" />}
      {message.with === undefined && (
        <CopyButton text={() => linkTo(message)} label="Copy link" name="link" />
      )}
      {isOwn && (
        <IconButton
          name="edit"
          label="Edit"
          isQuiet
          onClick={() => change(message, model, ui)}
        />
      )}
      {isOwn && <SureButton label="Take back" onSure={() => model.remove(message)} />}
      {isModerated && (
        <SureButton
          label="Delete this message"
          word="Delete"
          onSure={() => model.remove(message)}
        />
      )}
      {isModerated && (
        <IconButton
          name="more"
          label={`Moderate ${printableLine(message.user)}`}
          isQuiet
          onClick={() => ui.person.value = { user: message.user, uid: message.uid }}
        />
      )}
    </div>
  );
}
