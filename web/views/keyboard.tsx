/** What makes the page one for keys and for screen readers: focus, keys, what is read out. */

import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Route } from "../model.ts";
import { Announcer } from "./announcer.tsx";
import { focusOn, headOfView, isUsable, writingField } from "./focusing.ts";
import { FocusKeeper } from "./focus_keeper.ts";
import { takePageKey } from "./page_keys.ts";
import { focusRow } from "./row_keys.ts";
import { TabStops } from "./tab_stops.ts";
import { narrowQuery, type PageProps, wideQuery } from "./ui.ts";

/** Draws only what skips to somewhere, and what is read out. */
export function Keyboard({ model, ui }: PageProps) {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const keeper = new FocusKeeper();
    addEventListener("keydown", (event) => {
      if (takePageKey(event, { model, ui })) event.preventDefault();
    }, { signal });
    const stops = [
      new TabStops().start(),
      keeper.start(),
      followLayers({ model, ui }, keeper),
      followWidth({ ui }),
      followRoute({ model }),
    ];
    return () => {
      stop.abort();
      for (const each of stops) each();
    };
  }, [model, ui]);
  const isChat = model.route.value.is === "chat";
  return (
    <>
      <div class="skips">
        <button type="button" class="button" onClick={toContent}>
          {isChat ? "To the messages" : "To the content"}
        </button>
        {isChat && (
          <button type="button" class="button" onClick={() => writingField()?.focus()}>
            To where you write
          </button>
        )}
      </div>
      <Announcer model={model} />
    </>
  );
}

function toContent(): void {
  const row = document.querySelector<HTMLElement>('[data-row][tabindex="0"]') ?? undefined;
  const head = headOfView();
  if (!focusRow(row) && head) focusOn(head);
}

/** What opens over the page has the focus; when it closes, what it had goes back. */
function followLayers({ model, ui }: PageProps, keeper: FocusKeeper): () => void {
  const stopMenu = effect(() => {
    if (!ui.isMenuOpen.value) keeper.leave(".sidebar");
  });
  let wasOpen = false;
  const stopPeople = effect(() => {
    const isOpen = ui.isPeopleOpen.value && model.route.value.is === "chat" && !ui.isWide.value;
    if (isOpen && !wasOpen) {
      afterDrawing(() => document.querySelector<HTMLElement>(".people button")?.focus());
    }
    wasOpen = isOpen;
  });
  return () => {
    stopMenu();
    stopPeople();
  };
}

/** A window that becomes smaller isn't covered by what stood beside, nor a larger one dimmed. */
function followWidth({ ui }: Pick<PageProps, "ui">): () => void {
  const stop = new AbortController();
  const wide = matchMedia(wideQuery);
  const narrow = matchMedia(narrowQuery);
  ui.isWide.value = wide.matches;
  wide.addEventListener("change", () => {
    ui.isWide.value = wide.matches;
    if (!wide.matches) ui.isPeopleOpen.value = false;
  }, { signal: stop.signal });
  narrow.addEventListener("change", () => {
    if (!narrow.matches) ui.isMenuOpen.value = false;
  }, { signal: stop.signal });
  return () => stop.abort();
}

/** Whoever goes somewhere has the focus there. */
function followRoute({ model }: Pick<PageProps, "model">): () => void {
  let before = nameOf(model.route.peek());
  return effect(() => {
    const route = model.route.value;
    const name = nameOf(route);
    if (name === before) return;
    before = name;
    const seq = route.is === "chat" ? route.seq : undefined;
    if (seq !== undefined) return void reach(seq);
    afterDrawing(() => {
      if (nameOf(model.route.peek()) === name) arrive(route);
    });
  });
}

function nameOf(route: Route): string {
  return route.is === "chat" ? `${route.key} ${route.seq ?? ""}` : route.is;
}

/** In a conversation one writes, and where a keyboard would cover half of it, or in a view, reads. */
function arrive({ is }: Route): void {
  const { activeElement } = document;
  if (activeElement?.closest("dialog[open]")) return;
  const hasKeys = matchMedia("(hover: hover)").matches;
  const field = is === "chat" && hasKeys ? writingField() : undefined;
  if (field) return field.focus({ preventScroll: true });
  // Some views have a field that one begins with.
  const isThere = activeElement?.closest(".place-bar, .place-body") ?? null;
  const head = headOfView();
  if (isThere === null && head) focusOn(head);
}

/** So long a message that was gone to is waited for: it may have to be read from the server. */
const reachMs = 5000;

/** The message that one went to has the focus, as soon as it is there, unless one does anything. */
function reach(seq: number): void {
  const stop = new AbortController();
  const { signal } = stop;
  const look = () => {
    if (signal.aborted) return;
    const row = document.querySelector(`.row.target[data-seq="${seq}"]`);
    if (!row || !isUsable(row)) return;
    stop.abort();
    // After the field of the conversation, which takes the focus when it is drawn.
    afterDrawing(() => row.isConnected && focusRow(row));
  };
  const watch = new MutationObserver(look);
  watch.observe(document.body, {
    ...{ childList: true, subtree: true, attributes: true, attributeFilter: ["class"] },
  });
  const timer = setTimeout(() => stop.abort(), reachMs);
  signal.addEventListener("abort", () => {
    watch.disconnect();
    clearTimeout(timer);
  });
  for (const each of ["keydown", "pointerdown"]) {
    addEventListener(each, () => stop.abort(), { signal });
  }
  requestAnimationFrame(look);
}

/** When what follows was drawn, and its own fields have taken the focus. */
function afterDrawing(work: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(work)));
}
