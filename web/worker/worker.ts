/**
 * The page's service worker: opens the page without a network. It is there where the browser takes
 * the address for a secure context, and sees to the page's own files only: never to files that
 * people share, to logins or to anything else that a server answers.
 */

import { type PageWindows, turnTo } from "./clicks.ts";
import {
  type Asked,
  type Caches,
  dropVersions,
  keepVersion,
  type PageVersion,
  serve,
} from "./serving.ts";

/** What is used of a worker's own browser. */
interface WorkerScope {
  /** What the build puts in front of this program. */
  readonly pageVersion: PageVersion;
  readonly caches: Caches;
  readonly location: Location;
  readonly clients: PageWindows & { claim(): Promise<void> };
  fetch(asked: RequestInfo, init?: RequestInit): Promise<Response>;
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", take: (event: Lasting) => void): void;
  addEventListener(name: "notificationclick", take: (event: Clicked) => void): void;
  addEventListener(name: "fetch", take: (event: Fetching) => void): void;
}

/** An event that isn't over before its work is. */
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

interface Clicked extends Lasting {
  readonly notification: { close(): void; readonly data: unknown };
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

declare const self: WorkerScope;

const place = {
  version: self.pageVersion,
  origin: self.location.origin,
  caches: self.caches,
  fetch: (asked: Asked | string, init?: RequestInit) => self.fetch(asked as RequestInfo, init),
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

self.addEventListener("install", (event) => {
  // Tabs of the version before go on with what has its digest in its name, so nobody has to wait.
  event.waitUntil(keepVersion(place).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropVersions(place).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const answer = serve(event.request, place);
  if (answer) event.respondWith(answer);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(turnTo(event.notification.data, self.clients));
});
