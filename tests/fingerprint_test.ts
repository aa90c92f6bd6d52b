import { assertEquals, assertMatch } from "@std/assert";
import { readAddress, writeAddress } from "../lib/chat_address.ts";
import { fingerprintOf, readFingerprint } from "../lib/fingerprint.ts";

Deno.test("fingerprintOf() is the first hundred bits, and none of them twice", () => {
  const none = new Uint8Array(32);
  assertEquals(fingerprintOf(none), "0000-0000-0000-0000-0000");
  assertEquals(fingerprintOf(none.map(() => 255)), "zzzz-zzzz-zzzz-zzzz-zzzz");
  const all = Array.from({ length: 100 }, (_, bit) => {
    const bytes = none.slice();
    bytes[bit >> 3] = 128 >> (bit & 7);
    return fingerprintOf(bytes);
  });
  assertEquals(new Set(all).size, 100);
  assertMatch(all[0], /^g000-/);
  assertMatch(all[99], /-0001$/);
});

Deno.test("readFingerprint() takes what people make of it", () => {
  const written = "7k3v-92mq-x8pd-4wzn-a0b1";
  for (const text of [written, "7K3V92MQX8PD4WZNA0B1", "7k3v 92mq x8pd 4wzn aobl"]) {
    assertEquals(readFingerprint(text), written);
  }
  for (const text of ["", "7k3v", `${written}-0000`, "7k3v-92mq-x8pd-4wzn-a0bu", "ü".repeat(20)]) {
    assertEquals(readFingerprint(text), undefined);
  }
});

const addresses = [
  { host: "box.local", port: 5000, isTls: false },
  { host: "::1", port: 6000, isTls: true, invite: "k7mp2x-wd34fg-hj56mn" },
  { host: "10.0.0.7", port: 5000, isTls: true, fingerprint: "7k3v-92mq-x8pd-4wzn-a0bc" },
];
Deno.test("readAddress() takes what writeAddress() writes", () => {
  for (const address of addresses) assertEquals(readAddress(writeAddress(address)), address);
  assertEquals(writeAddress(addresses[1]), "parleys://[::1]:6000/k7mp2x-wd34fg-hj56mn");
});

for (
  const [text, sentence] of [
    ["parleys://", /it must be like parleys:\/\/HOST:PORT/],
    ["parleys://a b/c/d", /it must be like/],
    ["parleys://a:70000", /must be a number from 1 to 65535/],
    ["parleys://a#7k3v", /^Cannot take the fingerprint "7k3v": .* copy the whole address$/],
    ["parley://a#7k3v-92mq-x8pd-4wzn-a0bc", /without TLS: the address has to begin with parleys/],
  ] as const
) {
  Deno.test(`readAddress() says what is wrong with ${text}`, () => {
    assertMatch(String(readAddress(text)), sentence);
  });
}
