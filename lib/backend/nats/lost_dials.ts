/**
 * While NATS's client connects, its socket has nobody who hears of errors for two moments
 * (`dial` and `peekInfo` of transport-node 3.4.0). A server of NATS that is lost just then would end
 * the process; the client itself notices by its own limit of time, and tries the next one.
 */

/** From now on, a socket that is lost and that nobody hears of ends nothing. Once is enough. */
export function outliveLostDials(): void {
  globalThis.addEventListener("error", outlive);
}

function outlive(event: ErrorEvent): void {
  const { error } = event;
  if (!(error instanceof Error) || !("syscall" in error && "code" in error)) return;
  if (error.code === "ECONNRESET" || error.code === "EPIPE") event.preventDefault();
}
