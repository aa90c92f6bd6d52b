/** The conversation in front: what was said, of which only the part in sight is drawn. */

import { useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { indexOfSeq } from "../../lib/client/messages.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { type FileId, lobby } from "../../lib/names.ts";
import { Scroller } from "../list/scroller.ts";
import { firstNew, rowKey, rowLook, type RowsLook, withRows } from "../list/rows.ts";
import { type FileHere, filesIn } from "../list/files.ts";
import { galleriesIn, type Gallery } from "../list/galleries.ts";
import type { Here, Route } from "../model.ts";
import { LaterPicker } from "./later_picker.tsx";
import { ListEdge } from "./list_edge.tsx";
import { Row } from "./row.tsx";
import { laterView } from "./later.tsx";
import { Icon } from "./icons.tsx";
import type { PageProps } from "./ui.ts";
import { pointAt } from "./row_focus.ts";

// Nothing waits when the page comes up, mostly.
const OutgoingRows = laterView((loaded) => loaded.OutgoingRows);

/** Older messages are read when there are fewer heights of the window above than this. */
const sightsAbove = 3;
/** So long after it moved last the list still scrolls. */
const scrollingMs = 150;
/** What was read before stays in sight above what is new. */
const abovePx = 96;

/** The messages of the conversation in front. */
export function MessageList({ model, ui }: PageProps) {
  const here = model.here.value;
  if (here === undefined) return <div class="list" />;
  return <Rows key={here.key} here={here} model={model} ui={ui} />;
}

function Rows({ model, ui, here }: PageProps & { readonly here: Here }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const block = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const look = useLook(here, model.me.value?.uid);
  const files = useMemo(() => filesIn(here.messages), [here.messages]);
  const galleries = useGalleries(here, files, { model, ui });
  const shown = useMemo(() => {
    const rows = withRows(here.messages, look);
    return rows.filter(({ seq }) => galleries.get(seq)?.length !== 0);
  }, [here.messages, look, galleries]);
  const scroller = useScroller(here, shown);
  const route = model.route.value;
  const target = route.is === "chat" && route.key === here.key ? route.seq : undefined;
  useTarget(scroller, here, target === undefined ? undefined : { route, seq: target });
  useOwnWords(scroller, here);
  const drawn = scroller.range();
  const isBusy = useRef(false);
  const scrolledAt = useRef(-Infinity);
  const toldAtEnd = useRef<boolean | undefined>(undefined);

  const readOlder = () => {
    const isNear = scroller.above < scroller.sight * sightsAbove;
    if (!isNear || !here.older || isBusy.current || model.status.peek().is !== "online") return;
    isBusy.current = true;
    void model.older().then(() => isBusy.current = false);
  };
  const settle = () => {
    scroller.settle(drawn);
    if (toldAtEnd.current !== scroller.isAtEnd) model.atBottom(scroller.isAtEnd);
    toldAtEnd.current = scroller.isAtEnd;
    if (scroller.isShort(drawn)) redraw(0);
    readOlder();
  };
  const settled = useRef(settle);
  settled.current = settle;

  useLayoutEffect(() => {
    if (box.current && rows.current && block.current) {
      scroller.attach({ box: box.current, rows: rows.current, block: block.current });
    }
    // What changes its own height, as the window does, is measured again.
    const watch = new ResizeObserver(() => settled.current());
    if (box.current) watch.observe(box.current);
    if (block.current) watch.observe(block.current);
    return () => {
      watch.disconnect();
      scroller.attach(undefined);
    };
  }, []);
  useLayoutEffect(settle);

  const wasAtEnd = scroller.isAtEnd;
  const onScroll = (event: Event) => {
    scrolledAt.current = event.timeStamp;
    scroller.scrolled();
    if (scroller.isShort(drawn) || scroller.isAtEnd !== wasAtEnd) redraw(0);
    readOlder();
  };
  const toEnd = () => {
    scroller.toEnd();
    redraw(0);
  };
  const asked = ui.toNewest.value;
  const followed = useRef(asked);
  useLayoutEffect(() => {
    if (followed.current !== asked) toEnd();
    followed.current = asked;
  }, [asked]);
  return (
    <div class="list">
      <div
        ref={box}
        class="list-box"
        role="log"
        aria-label={`Messages in ${here.room}`}
        // Rows come also where one scrolls: what is news is said elsewhere, and not too often.
        aria-live="off"
        data-stop="rows"
        tabIndex={0}
        onScroll={onScroll}
        onPointerOver={(event) => {
          // A finger that scrolls points at nothing, nor does what rows pass by under a mouse.
          const isScrolling = event.timeStamp - scrolledAt.current < scrollingMs;
          if (event.pointerType !== "touch" && !isScrolling) pointAt(event, ui);
        }}
        onClick={(event) => pointAt(event, ui)}
        onFocusIn={(event) => pointAt(event, ui)}
        onPointerLeave={(event) => {
          const isMouse = event.pointerType !== "touch";
          if (isMouse && ui.reactingTo.peek() === undefined) ui.activeRow.value = undefined;
        }}
      >
        <ListEdge here={here} isLobby={here.key === lobby} onShow={() => void model.older()} />
        <div ref={rows} class="list-rows">
          <div ref={block} class="list-block">
            {rowsOf(here, shown.slice(drawn.from, drawn.to), {
              ...{ model, ui, files, galleries, target, look },
            })}
          </div>
        </div>
        <OutgoingRows here={here} model={model} ui={ui} />
      </div>
      <ReactionPicker model={model} ui={ui} />
      {!wasAtEnd && <Jump model={model} ui={ui} onJump={toEnd} />}
    </div>
  );
}

function rowsOf(
  { messages, with: other, seenSeq }: Here,
  drawn: readonly StoredEvent[],
  { model, ui, files, galleries, target, look }: PageProps & {
    readonly files: ReadonlyMap<FileId, FileHere>;
    readonly galleries: ReadonlyMap<number, Gallery>;
    readonly target: number | undefined;
    readonly look: RowsLook;
  },
) {
  const active = ui.activeRow.value;
  return drawn.map((event) => {
    const key = rowKey(event);
    const about = "file" in event
      ? files.get(typeof event.file === "string" ? event.file : event.file.file)
      : undefined;
    return (
      <Row
        key={key}
        rowKey={key}
        model={model}
        ui={ui}
        event={event}
        {...rowLook(messages, indexOfSeq(messages, event.seq), look)}
        isOwn={event.uid === look.uid}
        isSeen={other !== undefined && event.seq <= seenSeq}
        isActive={active === key}
        isTarget={target === event.seq}
        file={about?.file}
        standing={about?.standing}
        gallery={galleries.get(event.seq)}
      />
    );
  });
}

/** Pictures that stand together: those that may be looked at, and are pictures. */
function useGalleries(
  { messages, readSeq }: Here,
  files: ReadonlyMap<FileId, FileHere>,
  { model, ui }: PageProps,
): ReadonlyMap<number, Gallery> {
  const before = useRef<ReadonlyMap<number, Gallery> | undefined>(undefined);
  const asked = model.asked.value;
  const broken = ui.broken.value;
  return useMemo(() => {
    const isShown = (file: FileId) => {
      const standing = files.get(file)?.standing;
      const isThere = standing === "here" || standing === "taken";
      return isThere && !broken.has(file) && !asked.some((each) => each.file === file);
    };
    return before.current = galleriesIn(messages, { readSeq, isShown }, before.current);
  }, [messages, readSeq, files, asked, broken]);
}

/** Over the list: within it a message at its edge would have no room for it. */
function ReactionPicker({ model, ui }: PageProps) {
  const message = ui.reactingTo.value;
  if (message === undefined) return null;
  const close = () => ui.reactingTo.value = undefined;
  return (
    <LaterPicker
      onPick={(emoji) => {
        close();
        model.react(message, emoji);
      }}
      onClose={close}
    />
  );
}

/** Back to the newest, with how many have come. */
function Jump({ model, onJump }: PageProps & { readonly onJump: () => void }) {
  const unread = model.rows.value.find(({ isHere }) => isHere)?.unread ?? 0;
  return (
    <button type="button" class="jump" onClick={onJump}>
      <Icon name="down" />
      {unread === 0 ? "Newest" : `${unread} new`}
    </button>
  );
}

/** What all rows have in common. */
function useLook({ readSeq, lost }: Here, uid: string | undefined): RowsLook {
  return useMemo(() => ({ readSeq, lost, ...uid !== undefined && { uid } }), [
    ...[readSeq, lost.size, uid],
  ]);
}

/** Made with a conversation; at first it is at what is new, where that is more than a page. */
function useScroller(here: Here, shown: readonly StoredEvent[]): Scroller {
  const scroller = useMemo(() => new Scroller(), []);
  const isPlaced = useRef(false);
  scroller.take(shown);
  if (!isPlaced.current && here.messages.length > 0) {
    isPlaced.current = true;
    const seq = firstNew(here.messages, here.readSeq);
    if (seq !== undefined && scroller.from(seq) > scroller.sight - abovePx) {
      scroller.toSeq(seq, abovePx);
    }
  }
  return scroller;
}

/** Goes to the message that the address names, once it is there; again when it is named again. */
function useTarget(
  scroller: Scroller,
  here: Here,
  target: { readonly route: Route; readonly seq: number } | undefined,
): void {
  const reached = useRef<Route | undefined>(undefined);
  if (target === undefined || reached.current === target.route) return;
  if (!isThere(here.messages, target.seq)) return;
  if (scroller.toSeq(target.seq, scroller.sight / 3)) reached.current = target.route;
}

/** Whoever says something wants to see it said. */
function useOwnWords(scroller: Scroller, { outgoing }: Here): void {
  const newest = outgoing.at(-1)?.cid;
  const before = useRef(newest);
  if (newest !== undefined && newest !== before.current) scroller.toEnd();
  before.current = newest;
}

function isThere(messages: readonly StoredEvent[], seq: number): boolean {
  return messages.length > 0 && messages[0].seq <= seq;
}
