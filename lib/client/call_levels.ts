/** How loud a conversation is to be: calling.ts says what that means. */

/** What there is to choose from for a conversation; the first is usual. */
export const callLevels = ["mentions", "all", "none"] as const;

/**
 * `mentions`: what names this user, or is for them alone; `all`: whatever others say or share.
 */
export type CallLevel = typeof callLevels[number];
