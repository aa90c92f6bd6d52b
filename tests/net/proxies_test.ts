import { assert, assertEquals } from "@std/assert";
import { isLoopback } from "../../lib/addresses.ts";
import { Proxies } from "../../lib/net/proxies.ts";

const proxies = new Proxies(["127.0.0.1", "10.0.0.2", "2001:DB8:0::2"]);

Deno.test("clientOf() believes nobody but the proxies that were named", () => {
  assertEquals(proxies.clientOf("203.0.113.9", "198.51.100.1"), "203.0.113.9");
  assertEquals(proxies.clientOf("::1", "198.51.100.1"), "::1");
  assertEquals(new Proxies([]).clientOf("127.0.0.1", "198.51.100.1"), "127.0.0.1");
});

Deno.test("clientOf() takes what the last proxy has seen, not what it was told", () => {
  assertEquals(proxies.clientOf("127.0.0.1", "198.51.100.1"), "198.51.100.1");
  assertEquals(proxies.clientOf("127.0.0.1", "1.1.1.1, 198.51.100.1"), "198.51.100.1");
  assertEquals(proxies.clientOf("::ffff:127.0.0.1", " 1.1.1.1 ,198.51.100.1 "), "198.51.100.1");
});

Deno.test("clientOf() goes back through a chain of proxies as long as they are known", () => {
  assertEquals(proxies.clientOf("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
  assertEquals(proxies.clientOf("127.0.0.1", "198.51.100.1, 2001:db8::2"), "198.51.100.1");
  assertEquals(proxies.clientOf("127.0.0.1", "10.0.0.2"), "10.0.0.2");
});

Deno.test("clientOf() means the proxy where it says nothing that is an address", () => {
  const nothings = [undefined, "", "unknown", "_hidden", "999.1.1.1", "1.2.3", "a, b", "1.1.1.1,"];
  for (const told of nothings) assertEquals(proxies.clientOf("2001:db8::2", told), "2001:db8::2");
  assertEquals(proxies.clientOf("2001:db8::2", "1.1.1.1, unknown"), "2001:db8::2");
});

Deno.test("clientOf() takes nobody for this machine's who comes through a proxy on it", () => {
  const nothings = [undefined, "", "unknown", "1.1.1.1, unknown", "127.0.0.1", "::ffff:127.0.0.1"];
  for (const told of nothings) {
    assert(!isLoopback(proxies.clientOf("127.0.0.1", told)), told);
    assert(!isLoopback(proxies.clientOf("10.0.0.2", told)), told);
    assert(!isLoopback(proxies.clientOf("::ffff:127.0.0.1", told)), told);
  }
});

Deno.test("clientOf() writes an address always the same, without its port", () => {
  const one = ["2001:db8::7", "2001:DB8:0:0::7", "[2001:db8::7]", "[2001:db8::7]:4711"];
  for (const told of one) assertEquals(proxies.clientOf("127.0.0.1", told), "2001:db8::7", told);
  assertEquals(proxies.clientOf("127.0.0.1", "203.0.113.7:4711"), "203.0.113.7");
  assertEquals(proxies.clientOf("127.0.0.1", "::ffff:203.0.113.7"), "203.0.113.7");
});
