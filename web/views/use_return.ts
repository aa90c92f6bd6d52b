/** Dialogs that give the focus back. */

import { useEffect } from "preact/hooks";

/** Opens the dialog, and gives the focus back where it was. */
export function useReturn(box: { readonly current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      // As long as it is open nothing else can have the focus.
      box.current?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
}
