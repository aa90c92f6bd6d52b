/** A server that takes invitations, and those who come to it from elsewhere. */

import type { JsonObject } from "../../lib/wire/fields.ts";
import type { EntryRule } from "../../lib/entry/entry_rule.ts";
import type { Backend } from "../../lib/store.ts";
import { type Peer, type TestOptions, TestServer } from "./peer.ts";

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

/** A server that needs invitations. */
export function start(options: TestOptions = {}): Promise<TestServer> {
  return TestServer.start({ entry: byInvitation, ...options });
}

/** What somebody from elsewhere is answered who says hello. */
export function coming(
  server: TestServer,
  hello: JsonObject,
  from = elsewhere,
): Promise<JsonObject> {
  return server.connect(from).ask({ t: "hello", v: 1, ...hello });
}

/** Somebody in the server with a role that an account has. */
export async function inside(
  server: TestServer,
  user: string,
  role: "member" | "owner" = "member",
) {
  const peer = await server.join(user);
  await server.give(user, role);
  return peer;
}

/** What is kept doesn't end with the server that keeps it. */
export function lasting(backend: Backend): Backend {
  return { ...backend, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** How often each invitation of somebody was used. */
export async function usedOf(peer: Peer): Promise<unknown> {
  const { invites } = await peer.ok({ t: "invites" });
  return Array.isArray(invites) ? invites.map(({ used }) => used) : undefined;
}
