import { assertEquals } from "@std/assert";
import { wantedAt } from "../../web/address.ts";
import { goalOf } from "../../web/goal.ts";
import { hashOf, nameIn, routeOf } from "../../web/routes.ts";
import type { Route } from "../../web/model.ts";

const from = { protocol: "http:", hostname: "192.168.1.5", port: "8080" };
const wanted = { user: "Alice", host: "192.168.1.5", port: "8080" };

Deno.test("wantedAt() fills in the server that the page came from", () => {
  assertEquals(wantedAt(from, "Alice"), wanted);
  assertEquals(wantedAt({ ...from, port: "" }, "").port, "80");
  assertEquals(wantedAt({ protocol: "https:", hostname: "[::1]", port: "" }, ""), {
    user: "",
    host: "::1",
    port: "443",
  });
});

Deno.test("goalOf() stays at this server, and knows it however it is written", () => {
  assertEquals(goalOf({ ...wanted, user: "  Alice " }, from), { is: "here", user: "Alice" });
  const local = { protocol: "http:", hostname: "[::1]", port: "" };
  assertEquals(goalOf({ user: "A", host: "[::1]", port: "80" }, local).is, "here");
});

Deno.test("goalOf() goes to another server, and takes the name along", () => {
  assertEquals(goalOf({ user: "Änne B", host: "10.0.0.7", port: "9000" }, from), {
    is: "elsewhere",
    address: "http://10.0.0.7:9000/#/as/%C3%84nne%20B",
  });
  const v6 = goalOf({ ...wanted, host: "fe80::1", port: "80" }, from);
  assertEquals(v6.is === "elsewhere" && v6.address, "http://[fe80::1]:80/#/as/Alice");
});

Deno.test("goalOf() says what is wrong", () => {
  for (
    const wrong of [
      { ...wanted, user: "  " },
      { ...wanted, port: "0" },
      { ...wanted, port: "65536" },
      { ...wanted, port: "8o80" },
      { ...wanted, host: "" },
      { ...wanted, host: "a b" },
      { ...wanted, host: "evil.example/path#" },
      { ...wanted, host: "user@evil.example" },
      { ...wanted, host: "javascript:alert(1)" },
    ]
  ) assertEquals(goalOf(wrong, from).is, "wrong", JSON.stringify(wrong));
});

Deno.test("nameIn() finds the name that was taken along", () => {
  assertEquals(nameIn("#/as/%C3%84nne%20B"), "Änne B");
  assertEquals(nameIn("#/room/dev"), undefined);
  assertEquals(nameIn("#/as/%"), undefined);
});

Deno.test("routes go into the address and come back", () => {
  const routes: readonly Route[] = [
    { is: "chat", key: "lobby" },
    { is: "chat", key: "dev/ops & more", seq: 12 },
    { is: "chat", key: "@a_uid-7" },
    { is: "chat", key: "@a_uid-7", seq: 1 },
    { is: "search" },
    { is: "library" },
    { is: "transfers" },
    { is: "rooms" },
    { is: "help" },
  ];
  for (const route of routes) assertEquals(routeOf(hashOf(route)), route);
});

Deno.test("routeOf() doesn't take what is no route", () => {
  for (const hash of ["", "#", "#/", "#/nothing", "#/room", "#/room/%", "#/room/a/0", "#/as/bob"]) {
    assertEquals(routeOf(hash), undefined, hash);
  }
});
