import { assertEquals } from "@std/assert";
import { isSamePlace, placeOf, sharedFile, type StoredEvent } from "../lib/events.ts";
import type { Uid } from "../lib/names.ts";
import { sharedFile as fileOf, someBytes } from "./helpers/transfer_scene.ts";

const bob = "b" as Uid;

Deno.test("placeOf() leaves out all but where something happened", () => {
  const seen = { t: "seen", user: "Alice", seq: 3 };
  assertEquals(placeOf({ ...seen, room: "dev" }), { room: "dev" });
  assertEquals(Object.keys(placeOf({ room: "dev", with: undefined })), ["room"]);
  assertEquals(placeOf({ ...seen, room: "@Bob", with: bob }), { room: "@Bob", with: bob });
});

Deno.test("isSamePlace() goes by the uid where there is one, and by the folded name", () => {
  assertEquals(isSamePlace({ room: "Dev" }, { room: "dev" }), true);
  assertEquals(isSamePlace({ room: "dev" }, { room: "lobby" }), false);
  assertEquals(isSamePlace({ room: "@Bob", with: bob }, { room: "@Robert", with: bob }), true);
  assertEquals(isSamePlace({ room: "@Bob", with: bob }, { room: "@Bob", with: "c" as Uid }), false);
  assertEquals(isSamePlace({ room: "@Bob", with: bob }, { room: "@Bob" }), false);
  assertEquals(isSamePlace(undefined, { room: "dev" }), false);
  assertEquals(isSamePlace(undefined, undefined), true);
});

Deno.test("sharedFile() is the file with the place of its event", () => {
  const { room, with: _, ...file } = fileOf(someBytes(3));
  const by = { user: file.user, uid: file.uid };
  const event = { t: "shared", seq: 1, at: 2, room, ...by, file } as const satisfies StoredEvent;
  assertEquals(sharedFile(event), { ...file, room });
  const sent = sharedFile({ ...event, room: "@Bob", with: bob });
  assertEquals(sent, { ...file, room: "@Bob", with: bob });
});
