import { assertEquals } from "@std/assert";
import type { StoredEvent } from "../../lib/events.ts";
import type { FileId, Uid } from "../../lib/names.ts";
import { boxOf } from "../../web/list/boxes.ts";
import { galleriesIn } from "../../web/list/galleries.ts";
import { namedAt } from "../../web/text/picture_names.ts";
import { fitted, moved, swiped, wholeLook, zoomed } from "../../web/zoom.ts";

const start = new Date(2026, 10, 21, 12).getTime();
const picture = { width: 4000, height: 3000 };

/** Somebody shares a picture, so many seconds after the first one. */
function shared(seq: number, seconds: number, more: { user?: string; mime?: string } = {}) {
  const { user = "Alice", mime = "image/jpeg" } = more;
  const [uid, at, name] = [user as Uid, start + seconds * 1000, `${seq}.jpg`];
  const file = {
    file: `f${seq}` as FileId,
    name,
    size: 1,
    sha256: "",
    mime,
    picture,
    user,
    uid,
    at,
  };
  return { t: "shared", seq, at, room: "lobby", user, uid, file } satisfies StoredEvent;
}

const said = { t: "said", seq: 3, at: start, room: "lobby", user: "A", uid: "a" as Uid } as const;

/** The files of each row that has a gallery. */
function rows(
  messages: readonly StoredEvent[],
  look: { readSeq?: number; gone?: string } = {},
): Record<string, string> {
  const { readSeq = 0, gone } = look;
  const found = galleriesIn(messages, { readSeq, isShown: (file) => file !== gone });
  return Object.fromEntries(
    [...found].map(([seq, files]) => [seq, files.map(({ file }) => file).join(" ")]),
  );
}

Deno.test("galleriesIn() puts pictures that were sent at once into the row of the first", () => {
  const three = [shared(1, 0), shared(2, 5), shared(4, 30)];
  assertEquals(rows(three), { 1: "f1 f2 f4", 2: "", 4: "" });
  assertEquals(rows([shared(1, 0)]), {});
  assertEquals(rows([]), {});
});

Deno.test("galleriesIn() keeps apart what belongs apart", () => {
  assertEquals(rows([shared(1, 0), shared(2, 31)]), {});
  assertEquals(rows([shared(1, 0), shared(2, 1, { user: "Bob" })]), {});
  assertEquals(rows([shared(1, 0), shared(2, 1, { mime: "application/pdf" })]), {});
  assertEquals(rows([shared(1, 0), shared(2, 1), said, shared(4, 2)]), { 1: "f1 f2", 2: "" });
  assertEquals(rows([shared(1, 0), shared(2, 1), shared(4, 2)], { gone: "f2" }), {});
  const four = [shared(1, 0), shared(2, 1), shared(4, 2), shared(5, 3)];
  assertEquals(rows(four, { readSeq: 2 }), { 1: "f1 f2", 2: "", 4: "f4 f5", 5: "" });
});

Deno.test("galleriesIn() begins another gallery after twelve pictures", () => {
  const many = Array.from({ length: 14 }, (_, index) => shared(index + 1, index));
  const found = galleriesIn(many, { readSeq: 0, isShown: () => true });
  assertEquals([found.get(1)?.length, found.get(12)?.length, found.get(13)?.length], [12, 0, 2]);
});

Deno.test("galleriesIn() gives what hasn't changed as the same object", () => {
  const look = { readSeq: 0, isShown: () => true };
  const two = [shared(1, 0), shared(2, 1)];
  const before = galleriesIn(two, look);
  const after = galleriesIn([...two, said], look, before);
  assertEquals(after.get(1) === before.get(1), true);
  const more = galleriesIn([...two, shared(4, 2)], look, before);
  assertEquals(more.get(1)?.length, 3);
});

Deno.test("boxOf() keeps the shape of a picture, and within bounds whatever its sender says", () => {
  assertEquals(boxOf({ picture }), { width: 400, height: 300 });
  assertEquals(boxOf({ picture: { width: 3000, height: 1000 } }), { width: 416, height: 139 });
  assertEquals(boxOf({ picture: { width: 65_535, height: 1 } }), { width: 416, height: 72 });
  assertEquals(boxOf({ picture: { width: 1, height: 65_535 } }), { width: 240, height: 300 });
  assertEquals(boxOf({ picture: { width: 16, height: 16 } }), { width: 240, height: 72 });
});

const stage = { width: 1000, height: 800 };
const fit = fitted(picture, stage);

Deno.test("fitted() makes a large picture fit, and a small one no larger", () => {
  assertEquals(fit, { width: 1000, height: 750 });
  assertEquals(fitted({ width: 40, height: 30 }, stage), { width: 40, height: 30 });
});

Deno.test("zoomed() leaves what is pointed at where it is, between fitting and eight times that", () => {
  const at = { x: 100, y: -50 };
  const near = zoomed(wholeLook, 2, { at, fit, stage });
  assertEquals(near, { scale: 2, x: -100, y: 50 });
  assertEquals(zoomed(near, 0.1, { at, fit, stage }), { scale: 1, x: 0, y: 0 });
  assertEquals(zoomed(near, 100, { fit, stage }).scale, 8);
});

Deno.test("moved() takes no side of a picture off the edge of its stage", () => {
  const near = zoomed(wholeLook, 2, { fit, stage });
  assertEquals(moved(near, { x: 9999, y: -9999 }, fit, stage), { scale: 2, x: 500, y: -350 });
  assertEquals(moved(wholeLook, { x: 50, y: 50 }, fit, stage), { scale: 1, x: 0, y: 0 });
});

Deno.test("swiped() tells ways from taps", () => {
  assertEquals(swiped({ x: -80, y: 10 }), "next");
  assertEquals(swiped({ x: 80, y: -10 }), "previous");
  assertEquals(swiped({ x: 10, y: 120 }), "close");
  assertEquals(swiped({ x: 0, y: -120 }), undefined);
  assertEquals(swiped({ x: 20, y: 5 }), undefined);
  assertEquals(swiped({ x: 80, y: 75 }), undefined);
});

Deno.test("namedAt() names what has no name, and nothing else", () => {
  const at = new Date(2026, 0, 2, 3, 4);
  const named = (name: string, type: string) => namedAt({ name, type }, at);
  assertEquals(named("image.png", "image/png"), "picture 2026-01-02 03.04.png");
  assertEquals(named("image.jpg", "image/jpeg"), "picture 2026-01-02 03.04.jpg");
  assertEquals(named("", "image/webp"), "picture 2026-01-02 03.04.webp");
  assertEquals(named("video.mov", "video/quicktime"), "film 2026-01-02 03.04.mov");
  assertEquals(named("harbour.jpg", "image/jpeg"), "harbour.jpg");
  assertEquals(named("image 2.jpg", "image/jpeg"), "image 2.jpg");
  assertEquals(named("blob", "text/plain"), "blob");
});
