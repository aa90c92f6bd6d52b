/** Passwords that take no time, for whatever isn't about that. */

import { ScryptPasswords } from "../../lib/backend/scrypt.ts";

/** Real ones, with next to no work. */
export const quickPasswords = new ScryptPasswords({ ln: 2, r: 1, p: 1 });
