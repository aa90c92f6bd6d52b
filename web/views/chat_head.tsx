/** What stands above a conversation: its name, what it is about, who is here. */

import { useState } from "preact/hooks";
import { limits } from "../../lib/limits.ts";
import { lobby } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here } from "../model.ts";
import { PresenceDot } from "./avatar.tsx";
import { Head } from "./head.tsx";
import { IconButton } from "./icons.tsx";
import { laterView } from "./later.tsx";
import { presenceOf } from "./presence.ts";
import type { PageProps } from "./ui.ts";

const BellButton = laterView((loaded) => loaded.BellButton);

/** The head of the conversation in front. */
export function ChatHead({ model, ui }: PageProps) {
  const here = model.here.value;
  const name = here === undefined ? "" : printableLine(here.room);
  const isRoom = here !== undefined && here.with === undefined;
  return (
    <Head ui={ui}>
      <div class="head-words">
        <h2 class="head-name">
          {isRoom && <span class="sign">#</span>}
          {name}
          {here?.with !== undefined && <PresenceDot presence={presenceOf(ui, name.slice(1))} />}
        </h2>
        {here && isRoom && here.key !== lobby && <Topic here={here} model={model} ui={ui} />}
      </div>
      <div class="head-buttons">
        <BellButton model={model} ui={ui} />
        <IconButton
          name="search"
          label="Search here"
          isQuiet
          onClick={() => {
            model.find("", here?.key);
            model.go({ is: "search" });
          }}
        />
        {here && isRoom && here.key !== lobby && (
          <IconButton
            name="leave"
            label={`Leave ${name}`}
            isQuiet
            onClick={() => model.leave(here.key)}
          />
        )}
        <IconButton
          name="people"
          label="Who is here"
          isQuiet
          isPressed={ui.isPeopleOpen.value}
          onClick={() => ui.isPeopleOpen.value = !ui.isPeopleOpen.value}
        />
      </div>
    </Head>
  );
}

function Topic({ here, model }: PageProps & { readonly here: Here }) {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const topic = printableLine(here.topic);
  if (draft === undefined) {
    return (
      <button
        type="button"
        class={topic === "" ? "topic none" : "topic"}
        title={topic === "" ? "Set the topic" : topic}
        onClick={() => setDraft(here.topic)}
      >
        {topic === "" ? "Set the topic" : topic}
      </button>
    );
  }
  const end = (next?: string) => {
    setDraft(undefined);
    if (next !== undefined && next !== here.topic) model.setTopic(next);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        end(draft.trim());
      }}
    >
      <input
        class="topic-field"
        aria-label="Topic"
        maxLength={limits.topicCharsMax}
        value={draft}
        ref={(field) => {
          if (field && document.activeElement !== field) field.focus();
        }}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") end();
        }}
        onBlur={() => end()}
      />
    </form>
  );
}
