/** Whether what people see of a conversation is what happened in it, and whether pages grow. Pure. */

/** One event of a conversation, as it should be seen or is seen. */
export interface ViewRow {
  readonly seq: number;
  /** What it says, with its reactions; `undefined` where only its being there counts. */
  readonly text?: string;
  /** Who says so, where that stands beside it. */
  readonly by?: string;
}

/**
 * What is wrong, a sentence each, with what somebody saw of a conversation: `drawings`, each what
 * stood in the list at a time, from above to below, while nothing changed and all was scrolled by.
 */
export function differences(
  truth: readonly ViewRow[],
  drawings: readonly (readonly ViewRow[])[],
): string[] {
  const wrong = new Set<string>();
  const seen = new Map<number, ViewRow>();
  for (const drawing of drawings) {
    for (const [at, row] of drawing.entries()) {
      const before = drawing[at - 1];
      if (before?.seq === row.seq) wrong.add(`${row.seq} is there twice`);
      else if (before && before.seq > row.seq) wrong.add(`${row.seq} stands behind ${before.seq}`);
      const old = seen.get(row.seq);
      if (old && old.text !== row.text) {
        wrong.add(`${row.seq} was "${old.text}", then "${row.text}"`);
      }
      seen.set(row.seq, { ...old, ...row });
    }
  }
  const right = new Map(truth.map((row) => [row.seq, row]));
  for (const { seq, text, by } of truth) {
    const row = seen.get(seq);
    if (row === undefined) wrong.add(`${seq} is missing: "${text}"`);
    else if (text !== undefined && row.text !== text) {
      wrong.add(`${seq} is "${row.text}", and should be "${text}"`);
    } else if (row.by !== undefined && by !== undefined && row.by !== by) {
      wrong.add(`${seq} is said by ${row.by}, and should be by ${by}`);
    }
  }
  for (const seq of seen.keys()) {
    if (!right.has(seq)) wrong.add(`${seq} is there, and nothing of that kind happened`);
  }
  return [...wrong];
}

/** A message that was said under a mark of its own, and what became of it. */
export interface Fate {
  readonly mark: string;
  /** What it says now; `undefined` where it was taken back. */
  readonly text: string | undefined;
}

/** What is wrong where each of these was to be stored once, as it stands now. */
export function fateDifferences(fates: readonly Fate[], stored: readonly (string | undefined)[]) {
  const wrong: string[] = [];
  for (const { mark, text } of fates) {
    const found = stored.filter((each) => each?.split(" ").includes(mark));
    const wanted = text === undefined ? [] : [text];
    if (found.length !== wanted.length || found[0] !== wanted[0]) {
      wrong.push(`${mark} is stored as ${JSON.stringify(found)}, and should be as "${text}"`);
    }
  }
  const gone = fates.filter(({ text }) => text === undefined).length;
  const goneStored = stored.filter((text) => text === undefined).length;
  if (gone !== goneStored) wrong.push(`${goneStored} messages are taken back, ${gone} should be`);
  return wrong;
}

/** What is wrong with a terminal's lines: each mark is to be told of once, in the log's order. */
export function lineDifferences(
  truth: readonly { readonly mark: string; readonly isWhole: boolean }[],
  lines: readonly string[],
): string[] {
  const wrong: string[] = [];
  let last = -1;
  for (const { mark, isWhole } of truth) {
    const at = lines.flatMap((line, index) => isFirstTold(line, mark) ? [index] : []);
    if (at.length > 1) wrong.push(`${mark} is told ${at.length} times`);
    // What was changed before it was seen is told as it was by then, or as a change.
    if (at.length === 0 && isWhole) wrong.push(`${mark} isn't told`);
    if (at.length === 1 && at[0] < last) wrong.push(`${mark} is told too late or too early`);
    last = Math.max(last, at[0] ?? -1);
  }
  return wrong;
}

/** Whether a line is the message itself: not a quote of it, nor what became of it. */
function isFirstTold(line: string, mark: string): boolean {
  return line.split(" ").includes(mark) && !/[│“]|\(edited/.test(line);
}

/** A measurement after so many steps. */
export interface Sample {
  readonly step: number;
  readonly value: number;
}

/** By how much the value grows with each step: the straight line that is nearest to all. */
export function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [steps, values] = [mean(({ step }) => step), mean(({ value }) => value)];
  let up = 0;
  let over = 0;
  for (const { step, value } of samples) {
    up += (step - steps) * (value - values);
    over += (step - steps) ** 2;
  }
  return over === 0 ? 0 : up / over;
}
