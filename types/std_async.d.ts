/** The parts of @std/async that are used; its npm package has no declarations. */
declare module "@std/async/deadline" {
  /** Rejects with a `TimeoutError` where `p` takes longer than `ms` milliseconds. */
  export function deadline<T>(
    p: Promise<T>,
    ms: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<T>;
}

declare module "@std/async/delay" {
  /** Resolves after `ms` milliseconds. */
  export function delay(
    ms: number,
    options?: { readonly signal?: AbortSignal; readonly persistent?: boolean },
  ): Promise<void>;
}
