/** Which messages of a conversation call: its own choice, reached from its head. */

import type { CallLevel } from "../../lib/client/call_levels.ts";
import { callWords } from "../../lib/client/calling.ts";
import { lobby } from "../../lib/names.ts";
import type { Model } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { IconButton } from "./icons.tsx";
import { NotifyingLine } from "./notifying.tsx";
import { Sheet, SheetLine } from "./sheet.tsx";
import type { PageProps } from "./ui.ts";

/** Opens the choice, and shows whether the conversation is silenced. */
export function BellButton({ model, ui }: PageProps) {
  const key = model.here.value?.key;
  if (key === undefined) return null;
  const level = levelOf(model, key);
  return (
    <IconButton
      name={level === "none" ? "silent" : "bell"}
      label={`What calls you here: ${callWords[level].toLowerCase()}`}
      isQuiet
      isPressed={ui.isBellOpen.value}
      onClick={() => ui.isBellOpen.value = true}
    />
  );
}

/** The choice for the conversation in front, and on a phone what else is about it. */
export function BellMenu({ model, ui }: PageProps) {
  const here = model.here.value;
  if (here === undefined) return null;
  const { key, room } = here;
  const chosen = model.levels.value.get(key);
  const usual = model.settings.value.notify;
  const close = () => ui.isBellOpen.value = false;
  const choice = (level: CallLevel | undefined, label: string, about?: string) => (
    <label key={label} class="sheet-line">
      <input
        type="radio"
        name="level"
        checked={level === chosen}
        onChange={() =>
          model.setLevel(key, level)}
      />
      <span>
        {label}
        {about !== undefined && <span class="quiet">{about}</span>}
      </span>
    </label>
  );
  return (
    <Sheet label={`What calls you in ${placeSign(room)}`} place="head" onClose={close}>
      <fieldset class="sheet-choice">
        <legend>What calls you in {placeSign(room)}</legend>
        {choice(undefined, "As the settings say", callWords[usual])}
        {(["all", "mentions", "none"] satisfies readonly CallLevel[]).map((level) =>
          choice(level, callWords[level])
        )}
      </fieldset>
      <NotifyingLine model={model} />
      {here.with === undefined && key !== lobby && (
        <div class="sheet-narrow">
          <SheetLine
            icon="leave"
            label={`Leave ${placeSign(room)}`}
            onClick={() => {
              close();
              model.leave(key);
            }}
          />
        </div>
      )}
      <button type="button" class="button sheet-done" onClick={close}>Done</button>
    </Sheet>
  );
}

function levelOf({ levels, settings }: Model, key: string): CallLevel {
  return levels.value.get(key) ?? settings.value.notify;
}
