/** The icon of the tab, with how much is unread drawn on it. */

import type { Marks } from "./alert_rules.ts";

/** Side of the icon that is drawn, in pixels: browsers make it smaller. */
const side = 64;
/** The dot of what is only unread, and what is behind the number of what calls. */
const dotRadius = 15;
const countRadius = 23;
/** Seen on light and on dark bars alike. */
const colours = { unread: "#f2b84b", calling: "#c3271b", edge: "#ffffff", ink: "#ffffff" } as const;

/** Draws the icon anew where it changes; `picture` is the path of the one without a mark. */
export function iconDrawer(picture: string): (marks: Marks) => void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plain = link && { href: link.href, type: link.type };
  let drawn = "";
  /** Each is kept, of at most a hundred: a browser may fetch one that was taken away meanwhile. */
  const addresses = new Map<string, string>();
  let base: Promise<HTMLImageElement> | undefined;

  function put(type: string, href: string): void {
    if (!link) return;
    link.type = type;
    link.href = href;
  }

  return (marks) => {
    const text = textOf(marks);
    if (text === drawn || !link || !plain) return;
    drawn = text;
    if (text === "") return put(plain.type, plain.href);
    const known = addresses.get(text);
    if (known !== undefined) return put("image/png", known);
    base ??= loaded(picture);
    base.then((image) => painted(image, text)).then((blob) => {
      if (!blob) return;
      const address = addresses.get(text) ?? URL.createObjectURL(blob);
      addresses.set(text, address);
      // Meanwhile there may be another number.
      if (text === drawn) put("image/png", address);
    }, () => base = undefined);
  };
}

/** What stands on the icon: nothing, a dot, or a number. */
function textOf({ unread, calling }: Marks): string {
  if (calling > 0) return calling > 99 ? "99+" : String(calling);
  return unread > 0 ? "•" : "";
}

async function loaded(path: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = path;
  await image.decode();
  return image;
}

function painted(image: HTMLImageElement, text: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const paint = canvas.getContext("2d");
  if (!paint) return Promise.resolve(null);
  paint.drawImage(image, 0, 0, side, side);
  const isDot = text === "•";
  const radius = isDot ? dotRadius : countRadius;
  const at = side - radius - 1;
  paint.beginPath();
  paint.arc(at, isDot ? radius + 1 : at, radius, 0, 2 * Math.PI);
  paint.fillStyle = isDot ? colours.unread : colours.calling;
  paint.fill();
  paint.lineWidth = 3;
  paint.strokeStyle = colours.edge;
  paint.stroke();
  if (!isDot) {
    const size = [0, 36, 30, 22][text.length];
    paint.font = `700 ${size}px sans-serif`;
    paint.textAlign = "center";
    paint.textBaseline = "middle";
    paint.fillStyle = colours.ink;
    paint.fillText(text, at, at + 2);
  }
  return new Promise((resolve) => canvas.toBlob(resolve));
}
