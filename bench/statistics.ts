/** What many figures come to. */

/** The value that `percent` of the sorted values are not over; 0 of none. */
export function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return 0;
  const index = Math.ceil(sorted.length * percent / 100) - 1;
  return sorted[Math.min(Math.max(index, 0), sorted.length - 1)];
}

/** The middle one, or the mean of the two in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
