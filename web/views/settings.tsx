/** How this user wants the page: a line of choices for each setting, which act at once. */

import type { ComponentChild } from "preact";
import { settingGroups, settingWords } from "../setting_words.ts";
import { NotifyingLine } from "./notifying.tsx";
import type { SettingName, Settings } from "../settings.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** All settings, kept in this browser. */
export function SettingsView({ model, ui }: PageProps) {
  return (
    <section class="place" aria-label="Settings">
      <PlaceHead title="Settings" ui={ui} />
      <div class="place-body settings" tabIndex={0} role="region" aria-label="All settings">
        {settingGroups.map(({ title, names }) => (
          <section key={title} class="group">
            <h3>{title}</h3>
            {names.map((name) => <Setting key={name} name={name} model={model} ui={ui} />)}
            {title === "Being told" && <NotifyingLine model={model} />}
          </section>
        ))}
        <p class="quiet settings-kept">
          Kept in this browser. Each is a command as well: <code>/set theme dark</code>
        </p>
      </div>
    </section>
  );
}

function Setting<K extends SettingName>({ name, model }: PageProps & { readonly name: K }) {
  const { title, about, values } = settingWords[name];
  const now = model.settings.value[name];
  const all = Object.entries(values) as [Settings[K], string][];
  return (
    <fieldset class="setting" aria-describedby={about && `about-${name}`}>
      <legend>{title}</legend>
      <div class="setting-values">
        {all.map(([value, label]) => (
          <label key={value} class="setting-value" data-value={value}>
            <input
              type="radio"
              name={`setting-${name}`}
              value={value}
              checked={value === now}
              onChange={() => model.set(name, value)}
            />
            {sampleOf(name, value)}
            <span>{label}</span>
          </label>
        ))}
      </div>
      {about && <p class="quiet setting-about" id={`about-${name}`}>{about}</p>}
    </fieldset>
  );
}

/** What words say less well. */
function sampleOf(name: SettingName, value: string): ComponentChild {
  if (name === "accent") return <i class="swatch" data-accent={value} aria-hidden="true" />;
  if (name !== "theme") return null;
  return (
    <span class="sample" aria-hidden="true">
      {(value === "system" ? ["light", "dark"] : [value]).map((theme) => (
        <i key={theme} data-theme={theme} />
      ))}
    </span>
  );
}
