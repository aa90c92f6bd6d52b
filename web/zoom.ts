/** How a picture lies on the stage that it is looked at on: how large, and where. Pure. */

/** Sides, in pixels of the screen. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/** A point, or a way, in pixels of the screen. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `scale`: 1 is as large as fits; `x` and `y`: how far its middle is from the stage's. */
export interface Look extends Point {
  readonly scale: number;
}

/** All of it in sight, in the middle. */
export const wholeLook: Look = { scale: 1, x: 0, y: 0 };

/** A press of a key or button, or a notch of a wheel. */
export const stepFactor = 1.5;
/** How large a picture may be made, beyond what its own pixels are. */
const scaleMax = 8;

/** How large a picture is where all of it fits: never larger than it is. */
export function fitted(picture: Sides, stage: Sides): Sides {
  const fit = Math.min(1, stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * fit, height: picture.height * fit };
}

/** Larger or smaller by `factor`, with what is `at` (from the stage's middle) staying there. */
export function zoomed(
  look: Look,
  factor: number,
  { at = { x: 0, y: 0 }, fit, stage }: {
    readonly at?: Point;
    readonly fit: Sides;
    readonly stage: Sides;
  },
): Look {
  const scale = Math.min(scaleMax, Math.max(1, look.scale * factor));
  const grown = scale / look.scale;
  return held(
    {
      scale,
      x: at.x - (at.x - look.x) * grown,
      y: at.y - (at.y - look.y) * grown,
    },
    fit,
    stage,
  );
}

/** Moved by `way`. */
export function moved(look: Look, way: Point, fit: Sides, stage: Sides): Look {
  return held({ ...look, x: look.x + way.x, y: look.y + way.y }, fit, stage);
}

/** No side of a picture that is larger than the stage comes off the stage's edge. */
function held({ scale, x, y }: Look, fit: Sides, stage: Sides): Look {
  const room = (picture: number, all: number) => Math.max(0, (picture * scale - all) / 2);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return {
    scale,
    x: within(x, room(fit.width, stage.width)),
    y: within(y, room(fit.height, stage.height)),
  };
}

/** What a finger that was lifted meant where all of a picture was in sight. */
export function swiped({ x, y }: Point): "next" | "previous" | "close" | undefined {
  if (y > 90 && y > Math.abs(x) * 1.5) return "close";
  if (Math.abs(x) < 50 || Math.abs(x) < Math.abs(y) * 1.5) return undefined;
  return x < 0 ? "next" : "previous";
}
