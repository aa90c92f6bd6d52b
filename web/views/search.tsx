/** What was said, found by its words, each with what was said around it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { placeSign } from "../text/places.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import { gist } from "../text/gist.ts";
import { markedParts } from "../text/marked.ts";
import { clockTime, dayText, wholeTime } from "../text/times.ts";
import { Avatar, hueOf } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { gistOf } from "./message_row.tsx";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** A field, where to look, and what was found. */
export function SearchView({ model, ui }: PageProps) {
  const search = model.search.value;
  const [text, setText] = useState(search.text);
  const [where, setWhere] = useState(search.key ?? "");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => setWhere(search.key ?? ""), [search.key]);
  const find = (in_: string) => {
    if (text.trim() !== "") model.find(text.trim(), in_ === "" ? undefined : in_);
  };
  return (
    <section class="place" aria-label="Search">
      <PlaceHead title="Search" ui={ui} />
      <form
        class="place-bar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          find(where);
        }}
      >
        <input
          ref={field}
          type="search"
          class="field"
          placeholder="Words that were said"
          aria-label="Words that were said"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <select
          class="field"
          aria-label="Where"
          value={where}
          onChange={({ currentTarget: { value } }) => {
            setWhere(value);
            find(value);
          }}
        >
          <option value="">Everywhere</option>
          {model.rows.value.map(({ key, room }) => (
            <option key={key} value={key}>{placeSign(room)}</option>
          ))}
        </select>
        <button type="submit" class="button primary">Search</button>
      </form>
      <div class="place-body" tabIndex={0} role="region" aria-label="What was found">
        <ol class="hits">
          {search.hits.map((hit) => (
            <Hit key={`${hit.room} ${hit.seq}`} hit={hit} model={model} ui={ui} />
          ))}
        </ol>
        <p class="empty" role="status">
          {search.isBusy
            ? "Looking"
            : search.text === ""
            ? "All the words have to be in a message. Chinese, Japanese and Korean need no spaces."
            : search.hits.length === 0
            ? `Nothing was found for "${search.text}"`
            : ""}
        </p>
        {search.more && !search.isBusy && (
          <button
            type="button"
            class="button"
            onClick={() => model.searchMore()}
          >
            Look further back
          </button>
        )}
      </div>
    </section>
  );
}

function Hit({ hit, model }: PageProps & { readonly hit: StoredEvent }) {
  const [around, setAround] = useState<readonly StoredEvent[] | undefined>(undefined);
  const words = model.search.value.text;
  const text = hit.t === "said" ? gist(printable(hit.text ?? "")) : gistOf(hit);
  return (
    <li class="hit">
      <div class="hit-where">
        <span>{placeSign(hit.room)}</span>
        <time dateTime={new Date(hit.at).toISOString()} title={wholeTime(hit.at)}>
          {dayText(hit.at, model.now.peek())}, {clockTime(hit.at)}
        </time>
        <button
          type="button"
          class="link-button"
          aria-expanded={around !== undefined}
          onClick={async () => setAround(around ? undefined : await model.around(hit))}
        >
          {around ? "Less" : "Context"}
        </button>
        <button type="button" class="link-button" onClick={() => model.show(hit)}>Go there</button>
      </div>
      {around?.filter(({ seq }) => seq < hit.seq).map((event) => (
        <Neighbour key={event.seq} event={event} />
      ))}
      <div class="message">
        <Avatar name={hit.user} />
        <div class="message-body">
          <strong class={`author hue-${hueOf(hit.user)}`}>{printableLine(hit.user)}</strong>
          <p class="text" dir="auto">
            {markedParts(text, words).map(({ text, isMarked }, index) =>
              isMarked ? <mark key={index}>{text}</mark> : text
            )}
          </p>
        </div>
      </div>
      {around?.filter(({ seq }) => seq > hit.seq).map((event) => (
        <Neighbour key={event.seq} event={event} />
      ))}
    </li>
  );
}

function Neighbour({ event }: { readonly event: StoredEvent }) {
  const gist = gistOf(event);
  if (gist === "") return null;
  return (
    <p class="neighbour">
      <Icon name={event.t === "shared" ? "file" : "more"} />
      <strong>{printableLine(event.user)}</strong> {gist}
    </p>
  );
}
