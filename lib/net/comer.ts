/** Who makes a request. */

import type { Comer } from "../peer/visit.ts";
import type { WebRequest } from "./route.ts";

/**
 * Who it is: the holder of a token, also where that is the password of `Basic` (`curl -u :TOKEN`);
 * or a guest by the name in `?user=` or in `Basic` (`curl -u NAME:`),
 * with an invitation in the header `Parley-Invite` or in `?invite=`.
 */
export function comerOf(request: WebRequest): Comer {
  const { remote, token, headers, query, lost } = request;
  const always = { remote, lost, cut: () => request.cut() };
  const invite = headers["parley-invite"] ?? query.get("invite") ?? undefined;
  if (token !== undefined) return { ...always, token };
  const basic = basicOf(headers.authorization);
  if (basic?.password) return { ...always, token: basic.password };
  const user = query.get("user") ?? basic?.user;
  return user ? { ...always, user, ...invite && { invite } } : always;
}

function basicOf(header: string | undefined) {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]{1,1000}={0,2}) *$/i.exec(header ?? "") ?? [];
  const bare = encoded?.replace(/=+$/, "");
  if (bare === undefined || bare.length % 4 === 1) return undefined;
  const text = new TextDecoder().decode(Uint8Array.from(atob(bare), (c) => c.charCodeAt(0)));
  const [, user, password] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  return { user, password };
}
