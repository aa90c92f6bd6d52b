/** A form that waits for the server and says itself what was refused. */

import { useState } from "preact/hooks";
import { timeText } from "../../lib/client/amounts.ts";
import { ChatError } from "../../lib/errors.ts";

/** How it stands with what was asked for. */
export interface Asking {
  readonly isBusy: boolean;
  /** What was refused, or what has been done. */
  readonly said: { readonly is: "done" | "wrong"; readonly text: string } | undefined;
  /** Asks; resolves whether it was done. `done`: the sentence to show then. */
  ask(work: () => Promise<unknown>, done?: string): Promise<boolean>;
  /** Says that something is wrong before the server is asked. */
  wrong(text: string): void;
}

/** One form's asking. */
export function useAsking(): Asking {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<Asking["said"]>(undefined);
  return {
    isBusy,
    said,
    async ask(work, done) {
      setBusy(true);
      try {
        await work();
        setSaid(done === undefined ? undefined : { is: "done", text: done });
        return true;
      } catch (error) {
        setSaid({ is: "wrong", text: sentenceOf(error) });
        return false;
      } finally {
        setBusy(false);
      }
    },
    wrong: (text) => setSaid({ is: "wrong", text }),
  };
}

/** A mistake in the program goes on to whoever looks for those. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof ChatError)) throw error;
  const { message, retryMs } = error;
  return retryMs === undefined
    ? message
    : `${message}; try it again in ${timeText(Math.ceil(retryMs / 1000))}`;
}
