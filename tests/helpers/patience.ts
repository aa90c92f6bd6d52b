/** How long tests wait for what has to come: only what never comes is given up. */

/**
 * For whatever a test waits for before it goes on, where nothing is measured by the wait: a client
 * may wait half a minute between two tries, and a busy machine is several times as slow as this one.
 */
export const barrierMs = 90_000;
/** For a whole test, most of which such a wait may be. */
export const wholeTestMs = 240_000;
