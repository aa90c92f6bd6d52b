/**
 * What the worker does with requests and with versions of the page, apart from the browser that it
 * runs in. A version is kept whole or not at all. The page itself is asked of the server whenever
 * there is one, so that nobody is shown an old one; what has a digest in its name never changes.
 */

/** A version of the page, as it was built. */
export interface PageVersion {
  /** What tells it from others. */
  readonly mark: string;
  /** Path and SHA-256 (hex) of each of its files; the page itself is `/`. */
  readonly files: readonly (readonly [path: string, sha256: string])[];
}

/** What is used of a browser's `caches`. */
export type Caches = Pick<CacheStorage, "open" | "keys" | "delete" | "match">;

/** What the worker has around it. */
export interface WorkerPlace {
  readonly version: PageVersion;
  /** Where the page is from. */
  readonly origin: string;
  readonly caches: Caches;
  fetch(asked: Asked | string, init?: RequestInit): Promise<Response>;
  pause(ms: number): Promise<void>;
}

/** What is looked at of a request. */
export type Asked = Pick<Request, "method" | "mode" | "url">;

const start = "page ";
/** Tabs may still show a version that was replaced; those before these have to ask the server. */
const versionsMax = 3;
/** A server that hasn't answered by then is away. */
const answerMs = 5_000;
const lasting = /^\/[\w-]+-[A-Z0-9]{8}\.\w+$/;

/**
 * Keeps the whole version.
 *
 * @throws {Error} where a file can't be had as it was built: then nothing of it is kept.
 */
export async function keepVersion(place: WorkerPlace): Promise<void> {
  const { caches, version: { files } } = place;
  const all = await Promise.all(files.map(async ([path, sha256]) => {
    const answer = await fileOf(path, place);
    if (answer.ok && await hashOf(answer.clone()) === sha256) return { path, answer };
    throw new Error(`"${path}" isn't what was built`);
  }));
  const name = nameOf(place.version);
  try {
    const cache = await caches.open(name);
    await Promise.all(all.map(({ path, answer }) => cache.put(path, answer)));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** Lets go of versions that hardly any tab shows any more. */
export async function dropVersions({ version, caches }: WorkerPlace): Promise<void> {
  // In the order in which they came.
  const others = (await caches.keys())
    .filter((name) => name.startsWith(start) && name !== nameOf(version));
  await Promise.all(others.slice(0, 1 - versionsMax).map((name) => caches.delete(name)));
}

/** What answers a request; `undefined`: nothing here does, it goes its usual way. */
export function serve(asked: Asked, place: WorkerPlace): Promise<Response> | undefined {
  const { pathname, origin } = new URL(asked.url);
  if (asked.method !== "GET" || origin !== place.origin) return undefined;
  const isPage = pathname === "/" && asked.mode === "navigate";
  if (!isPage && lasting.test(pathname)) return fileOf(pathname, place);
  const isNamed = pathname !== "/" && place.version.files.some(([path]) => path === pathname);
  return isPage || isNamed ? newest(asked, place) : undefined;
}

/** A file under its path: kept ones whose name has a digest are as good as the server's. */
async function fileOf(path: string, place: WorkerPlace): Promise<Response> {
  const kept = lasting.test(path) ? await place.caches.match(path) : undefined;
  return kept ?? await place.fetch(path, { cache: "no-cache" });
}

/** As the server has it now; without one, as it is in the version that is kept. */
async function newest(asked: Asked, place: WorkerPlace): Promise<Response> {
  const fresh = place.fetch(asked);
  const here = await Promise.race([
    fresh.catch(() => undefined),
    place.pause(answerMs).then(() => undefined),
  ]);
  // A proxy answers so for a server that is away.
  if (here && here.status < 500) return here;
  const cache = await place.caches.open(nameOf(place.version));
  return await cache.match(new URL(asked.url).pathname) ?? await fresh;
}

function nameOf({ mark }: PageVersion): string {
  return start + mark;
}

async function hashOf(answer: Response): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
