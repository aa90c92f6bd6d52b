/** Which tests can't run here, because a program that they drive isn't installed. */

import { isInstalled, type ProgramName } from "../../tools/programs.ts";

/** For a test's `ignore`: whether one of these is missing. The runner says so at its end. */
export function isMissing(...names: readonly ProgramName[]): boolean {
  return names.some((name) => !isInstalled(name));
}
