/** Fingers, the Back button and clicks beside the page, without a browser. */

import { signal } from "@preact/signals";
import { assertEquals } from "@std/assert";
import { closeByBack, type Past } from "../../web/hands/back.ts";
import { isPulled, Swipe } from "../../web/hands/swipe.ts";
import { turnTo } from "../../web/worker/clicks.ts";

/** A finger at (0, 0), then at these places, 20 ms apart. */
function swipe(...points: readonly (readonly [x: number, y: number])[]): Swipe {
  const swipe = new Swipe({ x: 0, y: 0, at: 0 });
  for (const [index, [x, y]] of points.entries()) swipe.take({ x, y, at: (index + 1) * 20 });
  return swipe;
}

Deno.test("a finger rests, then goes one way for good", () => {
  assertEquals(swipe([5, 5]).way, "none");
  assertEquals(swipe([12, 4]).way, "across");
  assertEquals(swipe([-12, 4]).way, "across");
  assertEquals(swipe([12, 9]).way, "along");
  assertEquals(swipe([4, 12], [100, 12]).way, "along");
  assertEquals(swipe([12, 4], [12, 100]).way, "across");
});

Deno.test("what is pulled far or thrown goes all the way, what is thrown back doesn't", () => {
  const slow = (dx: number) => ({ dx, speed: 0.05 * Math.sign(dx) });
  assertEquals([isPulled(slow(130), 1, 300), isPulled(slow(100), 1, 300)], [true, false]);
  assertEquals([isPulled(slow(-130), -1, 300), isPulled(slow(130), -1, 300)], [true, false]);
  assertEquals(isPulled({ dx: 40, speed: 1 }, 1, 300), true);
  assertEquals(isPulled({ dx: 250, speed: -1 }, 1, 300), false);
});

/** A history as browsers have it: entries, and where one is among them. */
class FakePast implements Past {
  entries: { depth: number; place: string }[] = [{ depth: 0, place: "a" }];
  at = 0;
  #moved = () => {};

  depth = () => this.entries[this.at].depth;
  place = () => this.entries[this.at].place;
  push(depth: number): void {
    this.entries = [...this.entries.slice(0, this.at + 1), { depth, place: this.place() }];
    this.at++;
  }

  /** The page goes elsewhere, in the place of what lay over it. */
  go(place: string): void {
    const kept = this.entries.slice(0, this.depth() > 0 ? this.at : this.at + 1);
    this.entries = [...kept, { depth: 0, place }];
    this.at = this.entries.length - 1;
    this.#moved();
  }

  back(count: number): void {
    this.at = Math.max(0, this.at - count);
    this.#moved();
  }

  onMoved(moved: () => void): () => void {
    this.#moved = moved;
    return () => {};
  }
}

function covered() {
  const past = new FakePast();
  const [above, below] = [signal(false), signal(false)];
  closeByBack(
    [above, below].map((it) => ({ isOpen: () => it.value, close: () => it.value = false })),
    past,
  );
  return { past, above, below };
}

Deno.test("Back closes the uppermost, then the next, then goes back", () => {
  const { past, above, below } = covered();
  past.go("b");
  below.value = true;
  above.value = true;
  past.back(1);
  assertEquals([above.value, below.value, past.place()], [false, true, "b"]);
  past.back(1);
  assertEquals([below.value, past.place()], [false, "b"]);
  past.back(1);
  assertEquals(past.place(), "a");
});

Deno.test("what was closed otherwise leaves no step that does nothing", () => {
  const { past, below } = covered();
  past.go("b");
  for (let times = 0; times < 3; times++) {
    below.value = true;
    below.value = false;
  }
  past.back(1);
  assertEquals(past.place(), "a");
  past.go("c");
  below.value = true;
  below.value = false;
  past.go("d");
  past.back(1);
  assertEquals(past.place(), "c");
});

Deno.test("a click on a notification brings the page to the front, or opens it", async () => {
  const done: unknown[] = [];
  const open = {
    focus: () => Promise.resolve(done.push("focus")),
    postMessage: (message: unknown) => void done.push(message),
  };
  const windows = (all: readonly (typeof open)[]) => ({
    matchAll: () => Promise.resolve(all),
    openWindow: (path: string) => Promise.resolve(done.push(path)),
  });
  await turnTo({ hash: "#/room/dev/7" }, windows([open]));
  await turnTo({ hash: "#/room/dev/7" }, windows([]));
  await turnTo({ hash: "https://evil.test/" }, windows([]));
  await turnTo(undefined, windows([open]));
  assertEquals(done, [{ hash: "#/room/dev/7" }, "focus", "/#/room/dev/7"]);
});
