/** Lists of many people and rooms: few of them are drawn, and keys and readers find all of them. */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { pageCases, pageTest as test, type Visitor } from "../helpers/browser.ts";
import type { Peer } from "../helpers/peer.ts";
import type { SceneServer } from "../helpers/scene.ts";

const people = 400;
/** The server's bound for one who makes them. */
const roomsEach = 20;

function nameOf(index: number): string {
  return `p${String(index).padStart(4, "0")}`;
}

/** Guests who have been in the hall, and are known there. */
async function gather(server: SceneServer): Promise<void> {
  // Whoever makes the hall is marked as its owner, and none of those who are counted.
  const maker = await server.join("Maker");
  await maker.ok({ t: "join", room: "hall" });
  for (let from = 0; from < people; from += 50) {
    await Promise.all(Array.from({ length: 50 }, async (_, index) => {
      const peer = await server.join(nameOf(from + index));
      await peer.ok({ t: "join", room: "hall" });
      peer.close();
    }));
  }
  await maker.ok({ t: "leave", room: "hall" });
  maker.close();
}

/** Alice at the page, in the hall with many. */
const crowdTest = pageCases("lists of many people", async (scene) => {
  const server = await scene.startInProcess();
  await gather(server);
  const alice = await scene.visitor({ viewport: { width: 1440, height: 900 } });
  await alice.enter("Alice");
  await alice.say("/join hall");
  await alice.isAt("#hall");
  const aside = alice.page.getByRole("complementary", { name: "Who is here" });
  const gone = aside.locator("section", { hasText: "Gone" });
  return async (number) => {
    if (number > 1) await alice.page.reload();
    await gone.locator("h3", { hasText: String(people) }).waitFor();
    return { server, alice, aside, gone };
  };
});

/** Which row has the focus, counted from 1, and of how many. */
function focused({ page }: Visitor): Promise<unknown> {
  return page.evaluate(`(() => {
    const row = document.activeElement.closest("[aria-posinset]");
    return row && [row.ariaPosInSet, row.ariaSetSize].map(Number);
  })()`);
}

async function requireFew(list: Locator, count: number): Promise<void> {
  const rows = list.getByRole("listitem");
  assertEquals(await rows.first().getAttribute("aria-setsize"), String(count));
  assert(await rows.count() < 100, `${await rows.count()} rows are drawn`);
}

crowdTest(
  "of many people few are drawn, and all are reached by a wheel and by keys",
  async ({ alice, gone }) => {
    await requireFew(gone, people);
    await gone.getByRole("button", { name: nameOf(0), exact: true }).hover();
    await alice.page.mouse.wheel(0, 100_000);
    await gone.getByText(nameOf(people - 1), { exact: true }).waitFor();
    await requireFew(gone, people);
    await gone.getByRole("button", { name: nameOf(people - 1), exact: true }).focus();
    const { keyboard } = alice.page;
    await keyboard.press("ArrowUp");
    assertEquals(await focused(alice), [people - 1, people]);
    await keyboard.press("Home");
    assertEquals(await focused(alice), [1, people]);
    assert(await gone.getByText(nameOf(0), { exact: true }).isVisible());
    await keyboard.press("PageDown");
    await keyboard.press("ArrowDown");
    const [place] = await focused(alice) as [number];
    assert(place > 5 && place < 60, `It is at ${place}`);
    await keyboard.press("End");
    await keyboard.press("Tab");
    // The other button of the same row: the list is one stop, however long.
    assertEquals(await focused(alice), [people, people]);
    await keyboard.press("Tab");
    assertEquals(await focused(alice), null);
  },
);

crowdTest("one of many people is found by a part of the name", async ({ alice, aside, gone }) => {
  await aside.getByRole("searchbox").fill("0123");
  await gone.locator("h3", { hasText: /^Gone 1$/ }).waitFor();
  await gone.getByRole("button", { name: "p0123", exact: true }).click();
  await alice.isAt("@p0123");
  await alice.turnTo("hall");
  await alice.isAt("#hall");
});

crowdTest(
  "the focus goes to a neighbour when its row goes away",
  async ({ server, alice, aside }) => {
    const others = await Promise.all(["b1", "b2", "b3"].map((name) => server.join(name)));
    for (const other of others) await other.ok({ t: "join", room: "hall" });
    const here = aside.locator("section", { hasText: "Here" });
    await here.locator("h3", { hasText: "4" }).waitFor();
    await here.getByRole("button", { name: "b2", exact: true }).focus();
    await others[1].ok({ t: "leave", room: "hall" });
    await here.locator("h3", { hasText: "3" }).waitFor();
    await here.getByRole("button", { name: "b3", exact: true }).and(alice.page.locator(":focus"))
      .waitFor();
  },
);

crowdTest(
  "a row with the focus keeps it when it is scrolled away, and when others come before it",
  async ({ server, alice, aside, gone }) => {
    await gone.getByRole("button", { name: nameOf(3), exact: true }).focus();
    await aside.locator("[data-scrolls]").evaluate((box) => box.scrollTop = 8000);
    await gone.getByText(nameOf(190), { exact: true }).waitFor();
    assertEquals(await focused(alice), [4, people]);
    const early: Peer = await server.join("a-early-one");
    await early.ok({ t: "join", room: "hall" });
    early.close();
    await gone.locator("h3", { hasText: String(people + 1) }).waitFor();
    assertEquals(await focused(alice), [5, people + 1]);
    await alice.page.keyboard.press("ArrowDown");
    assertEquals(await focused(alice), [6, people + 1]);
    assert(await gone.getByText(nameOf(4), { exact: true }).isVisible());
  },
);

test("of many rooms few are drawn at the side and in their view, and each is found", async (scene) => {
  const server = await scene.startInProcess();
  const makers = await Promise.all(Array.from({ length: 8 }, (_, at) => server.join(`maker${at}`)));
  const names = makers.flatMap((_, at) =>
    Array.from({ length: roomsEach }, (_, index) => `room-${at}-${String(index).padStart(2, "0")}`)
  );
  await Promise.all(makers.map(async (maker, at) => {
    for (const room of names.slice(at * roomsEach, (at + 1) * roomsEach)) {
      await maker.ok({ t: "join", room });
    }
  }));
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const kept: { token: string } = await alice.page.evaluate(
    `JSON.parse(localStorage["parley.login"])`,
  );
  const other = await server.join("Alice", kept);
  for (const room of names) await other.ok({ t: "join", room });
  const side = alice.page.getByRole("navigation").getByRole("list", { name: "Rooms" });
  // The lobby stands with them.
  await side.locator(`[aria-setsize="${names.length + 1}"]`).first().waitFor();
  await requireFew(side, names.length + 1);
  await side.getByRole("button", { name: names[0] }).focus();
  await alice.page.keyboard.press("End");
  await alice.page.keyboard.press("Enter");
  await alice.isAt(`#${names.at(-1)}`);
  await alice.turnTo("All rooms");
  const cards = alice.page.getByRole("region", { name: "All rooms" }).getByRole("list");
  await cards.getByText(names[1]).waitFor();
  await requireFew(cards, names.length + 1);
  const field = alice.page.getByLabel("Find a room, or name a new one");
  await field.fill("room-6-17");
  await requireFew(cards, 1);
  await cards.getByRole("button", { name: "room-6-17" }).click();
  await alice.isAt("#room-6-17");
});
