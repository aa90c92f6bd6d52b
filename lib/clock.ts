/** Time, chance and turns of the event loop, which pure code and tests get from outside. A leaf. */

/** Stops what {@linkcode Clock.after} or {@linkcode Clock.every} began; may be called twice. */
export type Stop = () => void;

/** Where time comes from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Stop;
  /** Calls `run` when everything that is ready in this turn of the event loop has been handled. */
  soon(run: () => void): void;
}

/** Calls `run` every `ms` milliseconds until stopped. */
export function every(clock: Clock, ms: number, run: () => void): Stop {
  let stop = clock.after(ms, again);
  function again(): void {
    stop = clock.after(ms, again);
    run();
  }
  return () => stop();
}

/** Resolves after `ms` milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** Resolves when `promise` has settled, `ms` milliseconds from now at the latest. Never rejects. */
export function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, resolve);
    const settled = () => {
      stop();
      resolve();
    };
    promise.then(settled, settled);
  });
}

/** Random text of URL-safe characters holding `bytes` bytes of chance. */
export function randomText(bytes: number): string {
  const chance = crypto.getRandomValues(new Uint8Array(bytes));
  return chance.toBase64({ alphabet: "base64url", omitPadding: true });
}
