/** A worker that does what the tests of `Port` ask for. */

import { answerCalls } from "../../lib/backend/sqlite/calls.ts";

export type TestCalls = {
  readonly twice: { readonly ask: number; readonly answer: number };
  readonly fail: { readonly ask: string; readonly answer: null };
  readonly die: { readonly ask: null; readonly answer: null };
  readonly never: { readonly ask: null; readonly answer: null };
};

answerCalls<TestCalls>({
  twice: (number) => number * 2,
  fail(message) {
    throw new Error(message);
  },
  die() {
    // No answer is made of this one.
    return 1n as unknown as null;
  },
  never() {
    for (;;);
  },
});
