import { assertEquals, assertStringIncludes } from "@std/assert";
import { onlyHereText, opensText, usedText } from "../../lib/client/invite_text.ts";

Deno.test("an invitation says where it leads to, how often, for how long and as what", () => {
  assertEquals(opensText({}), "Whoever has this may come in");
  assertEquals(opensText({ room: "den" }), "Whoever has this may come into #den");
  assertEquals(
    opensText({ room: "den", role: "moderator", uses: 1, seconds: 7200 }),
    "Whoever has this may come into #den: once, for 2 hours, as moderator",
  );
  assertEquals(
    opensText({ uses: 5, role: "guest" }),
    "Whoever has this may come in: 5 times in all",
  );
});

Deno.test("how often an invitation was used is counted as people do", () => {
  assertEquals([0, 1, 2].map((used) => usedText({ used })), [
    "used 0 times",
    "used once",
    "used 2 times",
  ]);
  assertEquals(usedText({ used: 1, uses: 1 }), "used 1 of 1 time");
  assertEquals(usedText({ used: 1, uses: 5 }), "used 1 of 5 times");
});

Deno.test("who invites is told where only the server's own machine could follow", () => {
  const address = "parley://127.0.0.1/k7mp2x-wd34fg-hj56mn";
  for (const url of ["", "http://127.0.0.1:8080/#invite=k7mp2x", "http://[::1]:8080/#invite=k"]) {
    assertStringIncludes(onlyHereText({ url, address }) ?? "", "--host 0.0.0.0");
  }
  // Through a proxy.
  assertEquals(onlyHereText({ url: "https://chat.example.org/#invite=k", address }), undefined);
  const elsewhere = "parleys://192.168.1.20/k7mp2x-wd34fg-hj56mn#7k3v-92mq-x8pd-4wzn-a0bc";
  assertEquals(onlyHereText({ url: "", address: elsewhere }), undefined);
});
