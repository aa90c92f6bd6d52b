/** What fingers and the Back button do, wherever one is on the page. */

import { useEffect, useState } from "preact/hooks";
import { indexOfSeq, type Said } from "../../lib/client/messages.ts";
import { closeByBack, windowPast } from "../hands/back.ts";
import { minKeyboard } from "../hands/keyboard.ts";
import { answerPull, type Panel, panelPull, type Pull } from "../hands/pulls.ts";
import type { Swipe } from "../hands/swipe.ts";
import { watchTouch } from "../hands/touch.ts";
import { Icon } from "./icons.tsx";
import { narrowQuery, type PageProps, wideQuery } from "./ui.ts";

/** So near to an edge a finger begins to pull what is behind it; systems take less of it. */
const edgePx = 36;

/** Where an answer is being pulled, and how near it is. */
interface Mark {
  readonly top: number;
  readonly part: number;
}

/** Listens; shows only the sign beside a message that is pulled. */
export function Hands({ model, ui }: PageProps) {
  const [mark, setMark] = useState<Mark | undefined>(undefined);
  useEffect(() => {
    const stops = [
      closeByBack(overs({ model, ui }), windowPast()),
      watchTouch({
        pull: (target, swipe) => pullAt(target, swipe, { model, ui }, setMark),
        hold(target) {
          const row = target.closest(untouched) ? null : target.closest<HTMLElement>("[data-seq]");
          const message = row ? messageOf(row, { model, ui }) : undefined;
          return message && (() => ui.held.value = message);
        },
      }),
    ];
    const { visualViewport: sight } = globalThis;
    const root = document.documentElement;
    if (sight) stops.push(minKeyboard(sight, root, () => root.clientHeight));
    return () => stops.forEach((stop) => stop());
  }, []);
  if (mark === undefined) return null;
  return (
    <div
      class={mark.part === 1 ? "pull-mark there" : "pull-mark"}
      style={{ top: `${mark.top}px`, opacity: mark.part }}
      aria-hidden="true"
    >
      <Icon name="reply" />
    </div>
  );
}

/** Long presses on these are the browser's. */
const untouched = "a, img, video, audio, input, textarea, select, dialog, .sheet";

/** What can lie over the page, the uppermost first. */
function overs({ model, ui }: PageProps) {
  const isNarrow = matchMedia(narrowQuery);
  const isWide = matchMedia(wideQuery);
  return [
    {
      isOpen: () => model.dropped.value !== undefined,
      close: () => model.sendDropped(undefined),
    },
    { isOpen: () => ui.isPaletteOpen.value, close: () => ui.isPaletteOpen.value = false },
    { isOpen: () => ui.preview.value !== undefined, close: () => ui.preview.value = undefined },
    { isOpen: () => ui.held.value !== undefined, close: () => ui.held.value = undefined },
    { isOpen: () => ui.isBellOpen.value, close: () => ui.isBellOpen.value = false },
    {
      isOpen: () => ui.reactingTo.value !== undefined,
      close: () => ui.reactingTo.value = undefined,
    },
    {
      isOpen: () => ui.isMenuOpen.value && isNarrow.matches,
      close: () => ui.isMenuOpen.value = false,
    },
    {
      isOpen: () => ui.isPeopleOpen.value && !isWide.matches,
      close: () => ui.isPeopleOpen.value = false,
    },
  ];
}

function pullAt(
  target: Element,
  swipe: Swipe,
  { model, ui }: PageProps,
  setMark: (mark: Mark | undefined) => void,
): Pull | undefined {
  const { start: { x }, dx } = swipe;
  const isRight = dx > 0;
  if (target.closest("dialog, input, textarea")) return undefined;
  const menu: Panel = {
    element: () => document.querySelector<HTMLElement>(".sidebar"),
    opens: 1,
    setOpen: (isOpen) => ui.isMenuOpen.value = isOpen,
    isCalm,
  };
  const people: Panel = {
    element: () => document.querySelector<HTMLElement>(".people"),
    opens: -1,
    setOpen: (isOpen) => ui.isPeopleOpen.value = isOpen,
    isCalm,
  };
  const hasMenu = matchMedia(narrowQuery).matches;
  const hasPeople = !matchMedia(wideQuery).matches;
  if (hasMenu && ui.isMenuOpen.peek()) return isRight ? undefined : panelPull(menu, false);
  if (hasPeople && ui.isPeopleOpen.peek()) return isRight ? panelPull(people, false) : undefined;
  if (hasMenu && isRight && x <= edgePx) return panelPull(menu, true);
  const isChat = model.route.peek().is === "chat";
  if (hasPeople && isChat && !isRight && x >= innerWidth - edgePx) return panelPull(people, true);
  const row = target.closest<HTMLElement>("[data-seq]");
  const element = row?.querySelector<HTMLElement>(".message");
  const message = row ? messageOf(row, { model, ui }) : undefined;
  if (!row || !element || !message || !isRight || isScrollable(target, row)) return undefined;
  const { top, height } = element.getBoundingClientRect();
  return answerPull({
    element,
    isCalm,
    show: (part) => setMark(part === undefined ? undefined : { top: top + height / 2, part }),
    answer() {
      model.quote(message);
      ui.focusComposer.value++;
    },
  });
}

/** The message of a row, where it still stands and none of its text is being selected. */
function messageOf(row: HTMLElement, { model }: PageProps): Said | undefined {
  const selection = getSelection();
  if (selection && !selection.isCollapsed && selection.containsNode(row, true)) return undefined;
  const { messages } = model.here.peek() ?? { messages: [] };
  const event = messages[indexOfSeq(messages, Number(row.dataset.seq))];
  return event?.t === "said" && event.text !== undefined ? event : undefined;
}

/** Whether something between `target` and its row can be scrolled sideways: that goes first. */
function isScrollable(target: Element, row: Element): boolean {
  for (let at: Element | null = target; at && at !== row; at = at.parentElement) {
    const isWider = at.scrollWidth > at.clientWidth + 1;
    if (isWider && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
  }
  return false;
}

/** Whether this user wants things to move less. */
function isCalm(): boolean {
  return document.documentElement.dataset.motion === "less" ||
    matchMedia("(prefers-reduced-motion: reduce)").matches;
}
