/** Finds the route that a request is for. */

import { ChatError } from "../errors.ts";
import type { Route, RouteValues, WebAnswer } from "./route.ts";
import { refusalAnswer } from "./statuses.ts";

/** What a request comes to. */
export type Found =
  | { readonly route: Route; readonly values: RouteValues }
  /** No route is for that path and method. */
  | { readonly answer: WebAnswer };

/** The first of `routes` that fits. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: readonly string[],
): Found {
  const there = routes.flatMap((route) => {
    const values = valuesOf(route.pattern, path);
    return values ? [{ route, values }] : [];
  });
  const found = there.find(({ route }) => route.method === method) ??
    (method === "HEAD" ? there.find(({ route }) => route.method === "GET") : undefined);
  if (found) return found;
  const shown = JSON.stringify(`/${path.join("/")}`.slice(0, 200));
  if (there.length === 0) {
    return { answer: refusalAnswer(new ChatError("no_such_file", `Nothing is at ${shown}`)) };
  }
  const methods = new Set(there.map(({ route }) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  const allow = [...methods].join(", ");
  const error = new ChatError("unknown_command", `Cannot ${method} ${shown}: it takes ${allow}`);
  const answer = refusalAnswer(error, 405);
  return { answer: { ...answer, headers: { ...answer.headers, allow } } };
}

/** What stood in a pattern's places, or `undefined` where the path doesn't fit it. */
function valuesOf(pattern: string, path: readonly string[]): RouteValues | undefined {
  const segments = pattern.split("/").slice(1);
  // "/" is one segment, which is empty.
  if (segments.length !== path.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = path[index];
    if (segment.startsWith(":") && value !== "") values[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return values;
}

/** The decoded segments of a request's target; `undefined` where it is no path. */
export function segmentsOf(target: string): readonly string[] | undefined {
  const [path] = target.split("?", 1);
  if (!path.startsWith("/")) return undefined;
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
