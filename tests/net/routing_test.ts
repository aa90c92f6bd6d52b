import { assert, assertEquals } from "@std/assert";
import type { Route } from "../../lib/net/route.ts";
import { findRoute, type Found, segmentsOf } from "../../lib/net/routing.ts";

const routes: readonly Route[] = ["GET /", "GET /files/:id/:name", "POST /files", "HEAD /files/:id"]
  .map((line) => {
    const [method, pattern] = line.split(" ");
    return { method, pattern, run: () => Promise.resolve({ status: 200 }) };
  });

function find(method: string, target: string): Found {
  return findRoute(routes, method, segmentsOf(target) ?? []);
}

function shown(found: Found): unknown {
  return "route" in found ? [found.route.pattern, found.values] : found.answer.status;
}

Deno.test("findRoute() gives what stood in the pattern's places, decoded", () => {
  assertEquals(shown(find("GET", "/files/f1/a%20%2F%20b.txt?inline")), [
    "/files/:id/:name",
    { id: "f1", name: "a / b.txt" },
  ]);
  assertEquals(shown(find("GET", "/")), ["/", {}]);
  assertEquals(shown(find("POST", "/files")), ["/files", {}]);
});

Deno.test("findRoute() answers HEAD by GET where nothing else does", () => {
  assertEquals(shown(find("HEAD", "/files/f1/a")), ["/files/:id/:name", { id: "f1", name: "a" }]);
  assertEquals(shown(find("HEAD", "/files/f1")), ["/files/:id", { id: "f1" }]);
});

Deno.test("findRoute() answers 404 where no pattern fits, also with a segment too few or many", () => {
  const targets = ["/nope", "/files/", "/files/f1/", "/files//a", "/files/f1/a/b", "//", "/FILES"];
  assertEquals(targets.map((target) => shown(find("GET", target))), targets.map(() => 404));
});

Deno.test("findRoute() answers 405 to another method, and says which there are", () => {
  const found = find("DELETE", "/files/f1/a");
  assert("answer" in found);
  assertEquals(found.answer.status, 405);
  assertEquals(found.answer.headers?.allow, "GET, HEAD");
});

Deno.test("segmentsOf() is undefined for what can't be decoded or is no path", () => {
  assertEquals(["/%", "/%zz", "/%ff", "*", "http://x/y", ""].map(segmentsOf), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(segmentsOf("/a/../b"), ["a", "..", "b"]);
});
