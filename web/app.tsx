/** Starts the page: the form of the first visit, then the page itself, with what the browser has. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { ChatError } from "../lib/errors.ts";
import { systemClock } from "../lib/system_clock.ts";
import type { Behind } from "./behind.ts";
import { thisBrowser } from "./browser.ts";
import { Connect } from "./connect.tsx";
import { webDial } from "./dial.ts";
import { browserKeep } from "./offline/keep.ts";
import { wearLook } from "./look.ts";
import { type Comer, forgetLogin, type Login, readLogin } from "./login.ts";
import { openPage, type Page } from "./page.ts";
import { inviteIn, nameIn } from "./routes.ts";
import { SettingsKept } from "./settings.ts";
import { Page as PageView } from "./views/page.tsx";

/** What is shown. */
type Shown =
  | { readonly is: "form"; readonly as: Comer; readonly trouble?: ChatError }
  | { readonly is: "page"; readonly page: Page };

const clock = systemClock();
const keep = browserKeep(() => localStorage);
const settings = new SettingsKept(keep);
const browser = thisBrowser();
const tab = {
  keep: browserKeep(() => sessionStorage),
  channel: (about = "") => new BroadcastChannel(`parley${about}`),
};
const dial = webDial({
  open: () => new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/ws`),
  remote: location.host,
  now: () => clock.now(),
  after: (ms, run) => clock.after(ms, run),
});
const shown = signal<Shown>(beginning());

function beginning(): Shown {
  const { hash, pathname } = location;
  const invite = inviteIn(hash);
  // It is for whoever was given it, and not for those who see the address.
  if (invite !== undefined) history.replaceState(null, "", pathname);
  const login = readLogin(keep);
  if (login) return entered({ ...login, ...invite !== undefined && { invite } });
  const as = { user: nameIn(hash) ?? "", ...invite !== undefined && { invite } };
  return { is: "form", as };
}

function entered(as: Comer & Partial<Login>): Shown {
  const page = openPage({
    ...{ dial, clock, browser, keep, settings, tab, as },
    random: () => Math.random(),
    shelf: (make) => make(() => indexedDB),
    behind: loadBehind,
    offline: (loaded) => loaded.offlinePlace(),
    alerts: (loaded) => loaded.alertPlace(),
    ask: (path, init) => fetch(path, init),
    emojiTable: () => import("../lib/client/emoji.ts"),
    onOver: (error) => {
      void page.close();
      shown.value = over(as, error);
    },
  });
  return { is: "page", page };
}

/** What comes after the end of a page. */
function over(
  { token, uid: _uid, ...as }: Comer & Partial<Login>,
  trouble: ChatError | undefined,
): Shown {
  if (trouble === undefined) return { is: "form", as: { user: as.user } };
  if (trouble.code === "bad_login" && token !== undefined) {
    // The server no longer knows the login: once more as somebody new of that name.
    forgetLogin(keep);
    return entered(as);
  }
  return { is: "form", as, trouble };
}

function loadBehind(): Promise<Behind> {
  return import("./behind_page.ts").catch(() => {
    throw new ChatError("unavailable", "Cannot do that now: try it again with a connection");
  });
}

function App() {
  const now = shown.value;
  if (now.is === "page") return <PageView model={now.page.model} />;
  return (
    <Connect
      key={now.trouble?.message}
      from={location}
      as={now.as}
      trouble={now.trouble}
      enter={(as) => shown.value = entered(as)}
      leave={(address) => location.assign(address)}
    />
  );
}

wearLook(settings.now);
addEventListener("storage", () => settings.readAgain());
render(<App />, document.getElementById("app") ?? document.body);
