import { assertEquals } from "@std/assert";
import { addressBlock, canonicalAddress, networkOf } from "../lib/addresses.ts";

const written = [
  ["10.0.0.7", "10.0.0.7"],
  ["010.0.0.007", "10.0.0.7"],
  ["::ffff:10.0.0.7", "10.0.0.7"],
  ["::FFFF:10.0.0.7", "10.0.0.7"],
  ["::ffff:a00:7", "10.0.0.7"],
  ["0:0:0:0:0:ffff:a00:7", "10.0.0.7"],
  ["::1", "::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["2001:DB8:0:0:1::7", "2001:db8::1:0:0:7"],
  ["::", "::"],
] as const;
Deno.test("canonicalAddress() writes one address in one way", () => {
  for (const [text, address] of written) assertEquals(canonicalAddress(text), address, text);
});

const networks = [
  ["10.0.0.7", "10.0.0.7"],
  ["::ffff:10.0.0.7", "10.0.0.7"],
  ["::ffff:a00:7", "10.0.0.7"],
  ["2001:db8:1:2::7", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:db8::7", "2001:db8:0:0::/64"],
  ["2001:db8::1:2:3:4", "2001:db8:0:0::/64"],
  ["1::2:3:4:5:6:7", "1:0:2:3::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["2001:db8:1:2::/64", "2001:db8:1:2::/64"],
  [" 2001:db8:1:2::7 ", "2001:db8:1:2::/64"],
] as const;
Deno.test("networkOf() is an address of IPv4, and the first half of one of IPv6", () => {
  for (const [address, network] of networks) assertEquals(networkOf(address), network, address);
});

Deno.test("networkOf() of a network is that network", () => {
  for (const [, network] of networks) assertEquals(networkOf(network), network);
});

const rubbish = [
  ...["", "unknown", "operator", "localhost", "1.2.3", "1.2.3.256", "1.2.3.4.5", "10.0.0.0/64"],
  ...[":", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "g::1", "[::1]", "::1]/x", "::1/48"],
  ...["1.2.3.4:80", "::ffff:1.2.3", "2001:db8", "%eth0", "/64"],
];
Deno.test("what is no address is banned nowhere, and counted as it stands", () => {
  for (const text of rubbish) {
    assertEquals([addressBlock(text), networkOf(text)], [undefined, text], text);
  }
});
