/** `/session`: gives the page's login to the browser, for links that carry no header. */

import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Route } from "./route.ts";
import { cookieName } from "./web_request.ts";

/** Sets the cookie for a login, and clears it; with `isTls` it never goes without. */
export function sessionRoutes(isTls = false): readonly Route[] {
  // Scripts never see it, and no other site's page makes the browser send it.
  const flags = `Path=/; HttpOnly; SameSite=Strict${isTls ? "; Secure" : ""}`;
  return [
    {
      method: "POST",
      pattern: "/session",
      async run({ people }, { token, headers }) {
        if (token === undefined) {
          throw new ChatError("login_required", 'Send the login: "Authorization: Bearer TOKEN"');
        }
        if (await people.loginOf(token) === undefined) {
          throw new ChatError("bad_login", "The token is unknown or too old: say hello again");
        }
        const seconds = Math.floor(limits.tokenMs / 1000);
        const pair = `${cookieName(headers)}=${token}`;
        return {
          status: 204,
          headers: { "set-cookie": `${pair}; ${flags}; Max-Age=${seconds}` },
        };
      },
    },
    {
      method: "DELETE",
      pattern: "/session",
      run: (_core, { headers }) =>
        Promise.resolve({
          status: 204,
          headers: { "set-cookie": `${cookieName(headers)}=; ${flags}; Max-Age=0` },
        }),
    },
  ];
}
