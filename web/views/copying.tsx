/** Copying: a button that says whether it worked, also where the page isn't a secure context. */

import { useEffect, useState } from "preact/hooks";
import { IconButton, type IconName } from "./icons.tsx";

/** So long a button says that it did it. */
const toldMs = 2000;

/** A button that copies a text. */
export function CopyButton({ text, label, name = "copy" }: {
  readonly text: string | (() => string);
  readonly label: string;
  readonly name?: IconName;
}) {
  const [came, setCame] = useState<"done" | "failed" | undefined>(undefined);
  useEffect(() => {
    if (came === undefined) return;
    const timer = setTimeout(() => setCame(undefined), toldMs);
    return () => clearTimeout(timer);
  }, [came]);
  const copy = async () => {
    setCame(await copyText(typeof text === "string" ? text : text()) ? "done" : "failed");
  };
  const said = { done: "Copied", failed: "Cannot copy here: select it instead" };
  return (
    <>
      <IconButton
        name={came === undefined ? name : came === "done" ? "check" : "warning"}
        label={came === undefined ? label : said[came]}
        isQuiet
        onClick={() => void copy()}
      />
      <span class="hidden" role="status">{came === undefined ? "" : said[came]}</span>
    </>
  );
}

/** Puts text on the clipboard; whether that worked. `box`: the dialog, where one is open. */
export async function copyText(
  text: string,
  box: HTMLElement = document.body,
): Promise<boolean> {
  if (globalThis.isSecureContext) {
    return await navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  // Plain http on a LAN has no clipboard: what is selected can still be copied.
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden";
  box.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isDone;
}
