/** What figures are printed as. */

/** What was measured, what it came to, what it is to be, and whether it is so. */
export type TableRow = readonly [what: string, figure: string, budget?: string, isHeld?: boolean];

/** Rows below each other. */
export function tableText(rows: readonly TableRow[]): string {
  return rows.map(([what, figure, budget, isHeld]) => {
    const end = budget === undefined ? "" : `${budget.padEnd(10)}${isHeld ? "holds" : "MISSED"}`;
    return `${what.padEnd(52)}${figure.padEnd(24)}${end}`.trimEnd();
  }).join("\n");
}
