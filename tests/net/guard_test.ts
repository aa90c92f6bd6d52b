import { assertEquals } from "@std/assert";
import { guard, type Guarded } from "../../lib/net/guard.ts";

function status(headers: Guarded["headers"], more: Partial<Guarded> = {}): number | undefined {
  const request = { method: "GET", byCookie: false, ...more, headers };
  return guard(request, ["chat.example.org"])?.status;
}

Deno.test("guard() takes requests for an address, localhost and the server's names", () => {
  const hosts = [
    "127.0.0.1:8080",
    "192.168.1.5:8080",
    "10.0.0.1",
    "[::1]:8080",
    "[fe80::1]",
    "localhost:8080",
    "LOCALHOST",
    "localhost.",
    "chat.example.org:8080",
    "CHAT.example.org",
  ];
  assertEquals(hosts.filter((host) => status({ host }) !== undefined), []);
});

Deno.test("guard() refuses requests for a name that isn't the server's", () => {
  const hosts = [
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "chat.example.org.evil.example",
    "localhost.evil.example",
    "notchat.example.org",
    "x",
  ];
  assertEquals(hosts.map((host) => status({ host })), hosts.map(() => 421));
});

Deno.test("guard() refuses requests without a Host that is one", () => {
  assertEquals(status({}), 400);
  const hosts = [
    "",
    "127.0.0.1@evil.example",
    "evil.example/127.0.0.1",
    "a b",
    "x?y",
    "[::1",
    "::",
  ];
  assertEquals(hosts.map((host) => status({ host })), hosts.map(() => 400));
});

Deno.test("guard() takes the page's own Origin, and that of a proxy with TLS before it", () => {
  const host = "127.0.0.1:8080";
  assertEquals(status({ host, origin: "http://127.0.0.1:8080" }), undefined);
  assertEquals(status({ host: "chat.example.org", origin: "https://chat.example.org" }), undefined);
  assertEquals(status({ host: "localhost:80", origin: "http://localhost" }), undefined);
});

Deno.test("guard() refuses every other Origin, whatever the method", () => {
  const origins = [
    "http://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:8081",
    "http://127.0.0.1:8080.evil.example",
    "http://localhost:8080",
    "file://",
    "ftp://127.0.0.1:8080",
  ];
  for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
    const refused = origins.map((origin) => status({ host: "127.0.0.1:8080", origin }, { method }));
    assertEquals(refused, origins.map(() => 403), method);
  }
});

Deno.test("guard() takes a write by cookie only with an Origin", () => {
  const host = "127.0.0.1:8080";
  const origin = `http://${host}`;
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals(status({ host }, { method, byCookie: true }), 403, method);
    assertEquals(status({ host, origin }, { method, byCookie: true }), undefined, method);
    // A program that knows the token is no page.
    assertEquals(status({ host }, { method }), undefined, method);
  }
  assertEquals(status({ host }, { byCookie: true }), undefined);
});

Deno.test("guard() refuses a write of which the browser says that another site makes it", () => {
  const host = "127.0.0.1:8080";
  const from = (site: string) => status({ host, "sec-fetch-site": site }, { method: "POST" });
  assertEquals(["cross-site", "same-site"].map(from), [403, 403]);
  assertEquals(["same-origin", "none"].map(from), [undefined, undefined]);
});
