/** What one can do with a message. */

import { IconButton } from "./icons.tsx";
import { nameKey } from "../../lib/names.ts";
import { hashOf } from "../routes.ts";
import { CopyButton } from "./copying.tsx";
import type { MessageProps } from "./message_row.tsx";
import { SureButton } from "./sure_button.tsx";

/** The address of a message in a room. In a private conversation each of both has another. */
function linkTo({ room, seq }: MessageProps["message"]): string {
  return new URL(hashOf({ is: "chat", key: nameKey(room), seq }), location.href).href;
}

const quick = ["👍", "❤️", "😂"] as const;

/** Buttons beside the message that is pointed at, touched or focused. */
export function MessageButtons({ model, ui, message, isOwn }: MessageProps) {
  const { text } = message;
  const isReacting = ui.reactingTo.value?.seq === message.seq;
  const write = () => ui.focusComposer.value++;
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
        onClick={() => {
          model.quote(message);
          write();
        }}
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
          onClick={() => {
            model.edit(message);
            write();
          }}
        />
      )}
      {isOwn && <SureButton label="Take back" onSure={() => model.remove(message)} />}
    </div>
  );
}
