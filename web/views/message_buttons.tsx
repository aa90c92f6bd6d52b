/** What one can do with a message. */

import { IconButton } from "./icons.tsx";
import { copyText } from "./markdown_view.tsx";
import type { MessageProps } from "./message_row.tsx";
import { SureButton } from "./sure_button.tsx";

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
      {text !== undefined && (
        <IconButton
          name="copy"
          label="Copy the text"
          isQuiet
          onClick={() => void copyText(text)}
        />
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
