/** Where files are sent from: on a phone the camera is one more place that they come from. */

import { useState } from "preact/hooks";
import type { Model } from "../model.ts";
import { IconButton } from "./icons.tsx";
import { laterView } from "./later.tsx";

const AttachMenu = laterView((loaded) => loaded.AttachMenu);

/** A button that asks for files at once, or first from where, where fingers are used. */
export function AttachButton({ model }: { readonly model: Model }) {
  const [isOpen, setOpen] = useState(false);
  const hasCamera = matchMedia("(pointer: coarse)").matches;
  return (
    <span class="attach">
      <IconButton
        name="attach"
        label="Send files"
        isQuiet
        {...hasCamera && { isPressed: isOpen }}
        onClick={() => hasCamera ? setOpen(!isOpen) : model.pick()}
      />
      {isOpen && <AttachMenu model={model} onClose={() => setOpen(false)} />}
    </span>
  );
}
