/** A server that takes invitations, and those who come to it from elsewhere. */

import type { EntryRule } from "../../lib/invitations.ts";
import type { TestServer } from "./peer.ts";

/** An address that isn't this machine's. */
export const elsewhere = "192.0.2.7";

/** That everybody from elsewhere needs an invitation. */
export const byInvitation: EntryRule = {
  isOpen: false,
  linksOf: (code) => ({ url: `http://test/#invite=${code}`, address: `parley://test/${code}` }),
};

/** A code that lets anybody in. */
export async function codeOf({ core }: TestServer): Promise<string> {
  return (await core.invitations.make({ role: "guest" })).code;
}
