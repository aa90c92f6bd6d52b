/** How much room pictures and films take in a row, which is known before they are there. Pure. */

/** Pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The most that one takes in a row. */
const boxMax: Box = { width: 416, height: 300 };
/** The least, so that there is room for its buttons. */
const boxMin: Box = { width: 240, height: 72 };
/** Where its sender said nothing of it. */
const boxUnknown: Box = { width: 416, height: 240 };

/** The room for a picture of these sides. */
export function boxOf({ picture }: { readonly picture?: Box }): Box {
  if (picture === undefined) return boxUnknown;
  const { width, height } = picture;
  const scale = Math.min(1, boxMax.width / width, boxMax.height / height);
  return {
    width: Math.round(Math.max(boxMin.width, width * scale)),
    height: Math.round(Math.max(boxMin.height, height * scale)),
  };
}

/** The look of a grid of so many pictures, in which no row has a hole. */
export function tilesLook(count: number): string {
  return `tiles ${["thirds", "fours", "pair"][count % 3]}`;
}
