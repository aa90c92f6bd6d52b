/** What a room is about, and changing that. */

import { useState } from "preact/hooks";
import { limits } from "../../lib/limits.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here, Model } from "../model.ts";

/** What the topic needs. */
export interface TopicProps {
  readonly model: Model;
  readonly here: Here;
}

/** A line that becomes a field. */
export function Topic({ here, model }: TopicProps) {
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
