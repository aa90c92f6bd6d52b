/** One picture to be looked at: fitted, made larger with wheel, fingers and keys, and moved about. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import {
  fitted,
  type Look,
  moved,
  type Point,
  type Sides,
  stepFactor,
  swiped,
  wholeLook,
  zoomed,
} from "../zoom.ts";
import type { PageProps } from "./ui.ts";

/** What buttons and keys do to the picture. */
export interface StageDoes {
  zoom(how: "in" | "out" | "whole"): void;
  /** Up or down, by pixels. */
  pan(by: number): void;
}

/** What the stage is given beside its picture. */
export interface StageProps extends PageProps {
  readonly file: SharedFile;
  readonly does: { current: StageDoes | null };
  /** Whether it is larger than fits. */
  onNear(isNear: boolean): void;
  onSwipe(way: "next" | "previous" | "close"): void;
}

/** How much a double click or tap makes it larger. */
const doubleFactor = 2.5;
/** Two taps within this time and this far from each other are one double tap. */
const doubleMs = 300;
const doublePx = 30;
/** A wheel's way that makes it half as large again. */
const wheelPx = 250;

/** The picture on its stage. Its thumbnail stands there until it has come. */
export function Stage({ file, model, does, onNear, onSwipe }: StageProps) {
  const box = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Sides>({ width: 1, height: 1 });
  const [sides, setSides] = useState<Sides | undefined>(file.picture);
  const [look, setLook] = useState<Look>(wholeLook);
  // What moves it may come more than once before it is drawn again.
  const newest = useRef(look);
  const [state, setState] = useState<"coming" | "there" | "broken">("coming");
  const fit = fitted(sides ?? stage, stage);
  const change = (next: Look) => {
    newest.current = next;
    setLook(next);
    onNear(next.scale > 1);
  };
  const zoom = (factor: number, at?: Point) =>
    change(zoomed(newest.current, factor, { fit, stage, ...at && { at } }));
  does.current = {
    zoom: (how) => {
      if (how === "whole") change(wholeLook);
      else zoom(how === "in" ? stepFactor : 1 / stepFactor);
    },
    pan: (y) => change(moved(newest.current, { x: 0, y }, fit, stage)),
  };
  const fingers = useFingers({ box, newest, fit, stage, change, zoom, onSwipe });
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([{ contentRect: { width, height } }]) => {
      setStage({ width, height });
      change(wholeLook);
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const name = printableLine(file.name);
  if (state === "broken") {
    return <p class="empty">This isn't a picture that the browser can show: download it.</p>;
  }
  const { x, y, scale } = look;
  const style = {
    width: `${fit.width}px`,
    height: `${fit.height}px`,
    transform: `translate(${x}px, ${y}px) scale(${scale})`,
  };
  const hasThumb = file.picture?.thumb !== undefined;
  return (
    <div ref={box} class={scale > 1 ? "stage near" : "stage"} {...fingers}>
      {hasThumb && state === "coming" && (
        <img
          class="stage-thumb"
          src={model.linkTo(file, { thumb: true })}
          alt=""
          style={style}
          draggable={false}
        />
      )}
      <img
        class={state === "coming" && hasThumb ? "stage-picture coming" : "stage-picture"}
        src={model.linkTo(file, { inline: true })}
        alt={name}
        style={style}
        decoding="async"
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          setSides({ width, height });
          setState("there");
        }}
        onError={() => setState("broken")}
      />
    </div>
  );
}

/** What a mouse, a wheel and fingers do. */
function useFingers({ box, newest, fit, stage, change, zoom, onSwipe }: {
  readonly box: { readonly current: HTMLDivElement | null };
  readonly newest: { readonly current: Look };
  readonly fit: Sides;
  readonly stage: Sides;
  change(look: Look): void;
  zoom(factor: number, at?: Point): void;
  onSwipe: StageProps["onSwipe"];
}) {
  const down = useRef(new Map<number, Point>());
  const way = useRef<Point | undefined>(undefined);
  const isMouse = useRef(false);
  const tapped = useRef<Point & { readonly at: number }>({ x: 0, y: 0, at: -Infinity });
  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left = 0, top = 0, width = 0, height = 0 } = box.current?.getBoundingClientRect() ?? {};
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const isNear = () => newest.current.scale > 1;
  const double = (at: Point) => isNear() ? change(wholeLook) : zoom(doubleFactor, at);

  function onPointerMove(event: PointerEvent): void {
    const before = down.current.get(event.pointerId);
    if (!before) return;
    const now = pointOf(event);
    const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
    down.current.set(event.pointerId, now);
    const by = { x: now.x - before.x, y: now.y - before.y };
    if (other) {
      way.current = undefined;
      const factor = far(now, other) / Math.max(1, far(before, other));
      const at = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const grown = zoomed(newest.current, factor, { at, fit, stage });
      change(moved(grown, { x: by.x / 2, y: by.y / 2 }, fit, stage));
    } else if (isNear()) {
      change(moved(newest.current, by, fit, stage));
    }
    if (way.current) way.current = { x: way.current.x + by.x, y: way.current.y + by.y };
  }

  function onPointerUp(event: PointerEvent): void {
    if (!down.current.delete(event.pointerId) || !way.current) return;
    const went = way.current;
    way.current = undefined;
    const meant = isNear() ? undefined : swiped(went);
    if (meant !== undefined) return onSwipe(meant);
    isMouse.current = event.pointerType === "mouse";
    if (isMouse.current || far(went, { x: 0, y: 0 }) > doublePx) return;
    const at = pointOf(event);
    const isDouble = event.timeStamp - tapped.current.at < doubleMs &&
      far(at, tapped.current) < doublePx;
    tapped.current = { ...at, at: isDouble ? -Infinity : event.timeStamp };
    if (isDouble) double(at);
  }

  return {
    onWheel(event: WheelEvent) {
      event.preventDefault();
      // A touchpad's pinch comes as a wheel with Ctrl, in smaller steps.
      const px = event.deltaY * (event.ctrlKey ? 4 : 1) * (event.deltaMode === 1 ? 24 : 1);
      zoom(stepFactor ** (-px / wheelPx), pointOf(event));
    },
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      if (event.currentTarget instanceof Element) {
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      down.current.set(event.pointerId, pointOf(event));
      way.current = down.current.size === 1 ? { x: 0, y: 0 } : undefined;
    },
    onPointerMove,
    onPointerUp,
    onPointerCancel({ pointerId }: PointerEvent) {
      down.current.delete(pointerId);
      way.current = undefined;
    },
    onDblClick(event: MouseEvent) {
      // A double tap was one already.
      if (isMouse.current) double(pointOf(event));
    },
  };
}

function far(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
