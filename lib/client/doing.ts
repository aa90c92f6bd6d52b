/** Text about oneself, as `/me` makes it. Pure. */

/** Text about oneself: clients show it as a thing done, others as it is written, in italics. */
export function asAction(text: string): string {
  return `_${text}_`;
}

/** What somebody does, where a text was made by {@linkcode asAction}. */
export function actionIn(text: string): string | undefined {
  return /^_([^_\n](?:[^\n]*[^_\n])?)_$/.exec(text)?.[1];
}
