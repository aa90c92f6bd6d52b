/** Whether the browser shows notifications, and what to do where it doesn't. */

import type { Model, Notifying } from "../model.ts";

const instead = "The number on the tab, the title and the sound do without them.";

const sentences: Readonly<Record<Notifying, string>> = {
  shows: "This browser shows notifications of this page.",
  asks: "This browser shows notifications once you allow them.",
  refused: "Notifications of this page are forbidden in this browser: its settings for this " +
    `address allow them again. ${instead}`,
  insecure: "There are no notifications at this address: browsers show them only of pages that " +
    `come over https, or from this machine itself. ${instead}`,
  unable: `This browser has no notifications. ${instead}`,
};

/** The sentence, with a button where the browser can be asked. */
export function NotifyingLine({ model }: { readonly model: Model }) {
  const notifying = model.notifying.value;
  return (
    <div class="notifying">
      <p class="quiet">{sentences[notifying]}</p>
      {notifying === "asks" && (
        <button
          type="button"
          class="button"
          onClick={() => model.allowNotifications()}
        >
          Allow notifications
        </button>
      )}
    </div>
  );
}
