/** That a server can't keep anything for now, or can again, as a sentence without a full stop. */

/** What people read when that begins, and when it is over. */
export function stalledText(isStalled: boolean): string {
  return isStalled
    ? "The server can't save anything now; what you write is sent when it can"
    : "The server saves everything again";
}
