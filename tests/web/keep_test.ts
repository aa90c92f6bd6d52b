import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { Uid } from "../../lib/names.ts";
import { Drafts } from "../../web/offline/drafts.ts";
import { browserKeep, memoryKeep } from "../../web/offline/keep.ts";
import { KeptOutbox } from "../../web/offline/kept_outbox.ts";
import { forgetLogin, keepLogin, readLogin } from "../../web/login.ts";
import { type Channel, Tabs } from "../../web/tabs.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const uid = "u1" as Uid;
const login = { user: "alice", uid, token: "t" };

/** What a browser's storage does, with the names of others in it, and room for little. */
function storage(charsMax: number): Storage {
  const texts = new Map([["other", "1"]]);
  return {
    get length() {
      return texts.size;
    },
    clear: () => texts.clear(),
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (name) => texts.get(name) ?? null,
    removeItem: (name) => void texts.delete(name),
    setItem(name, text) {
      if (text.length > charsMax) throw new DOMException("full", "QuotaExceededError");
      texts.set(name, text);
    },
  };
}

Deno.test("browserKeep() keeps its own names, and bears a full storage", () => {
  const keep = browserKeep(() => storage(10));
  keep.set("draft.a", "text");
  keep.set("draft.b", "much too long a text");
  assertEquals(keep.names("draft."), ["draft.a"]);
  assertEquals([keep.get("draft.a"), keep.get("draft.b")], ["text", undefined]);
  keep.remove("draft.a");
  assertEquals(keep.names(""), []);
});

Deno.test("browserKeep() keeps things in memory where the browser forbids it", () => {
  const keep = browserKeep(() => {
    throw new DOMException("no", "SecurityError");
  });
  keep.set("a", "1");
  assertEquals(keep.get("a"), "1");
});

Deno.test("a login comes back as it was kept, and not at all where it was damaged", () => {
  const keep = memoryKeep();
  keepLogin(keep, login);
  assertEquals(readLogin(keep), login);
  for (const damaged of ["", "[]", "{", '{"user":"alice"}', '{"user":1,"uid":"u","token":"t"}']) {
    keep.set("login", damaged);
    assertEquals(readLogin(keep), undefined, damaged);
  }
  keepLogin(keep, login);
  forgetLogin(keep);
  assertEquals(readLogin(keep), undefined);
});

Deno.test("the kept outbox comes back in the order in which it was said, damaged ones without", () => {
  const keep = memoryKeep();
  const outbox = new KeptOutbox(keep);
  const about = { place: { room: "lobby" }, server: "s1", uid };
  const later = {
    ...about,
    outgoing: { cid: "c1", text: "two", at: 2, state: "sending" as const },
  };
  const error = new ChatError("muted", "You are muted");
  const failed = {
    place: { room: "@bob", with: "u2" as Uid },
    server: "s1",
    uid,
    outgoing: { cid: "c2", text: "one\n", quote: 4, at: 1, state: "failed" as const, error },
  };
  outbox.put(later);
  outbox.put(failed);
  keep.set("out.c3", '{"cid":"c3"}');
  const [first, second] = outbox.read();
  assertEquals({ ...first, outgoing: { ...first.outgoing, error } }, failed);
  assertEquals(first.outgoing.error?.message, "You are muted");
  assertEquals(second, later);
  outbox.remove("c2");
  assertEquals(outbox.read(), [later]);
});

Deno.test("drafts are those of the conversation in front, and come back after a reload", () => {
  const keep = memoryKeep();
  const drafts = new Drafts(keep);
  drafts.turnTo("dev");
  drafts.set({ text: "about dev" });
  drafts.turnTo("lobby");
  assertEquals([drafts.here.value.text, drafts.has("dev"), drafts.has("lobby")], ["", true, false]);
  drafts.turnTo("dev");
  assertEquals(drafts.here.value.text, "about dev");
  const again = new Drafts(keep);
  again.turnTo("dev");
  assertEquals(again.here.value.text, "about dev");
  again.clear();
  assertEquals([again.has("dev"), keep.names("draft.")], [false, []]);
});

/** Channels of tabs that hear each other. */
function channels(count: number): Channel[] {
  const all: Channel[] = Array.from({ length: count }, () => ({
    onmessage: null,
    postMessage(data) {
      for (const other of all) {
        if (other !== this) other.onmessage?.(new MessageEvent("message", { data }));
      }
    },
  }));
  return all;
}

Deno.test("a tab keeps its name over reloads, and hears who else is open", async () => {
  const clock = new FakeClock();
  const [one, two] = channels(2);
  const keep = memoryKeep();
  const first = new Tabs({ channel: one, keep, clock });
  const second = new Tabs({ channel: two, keep: memoryKeep(), clock, says: () => "dev" });
  const asking = first.others();
  await clock.tick(300);
  assertEquals(await asking, new Map([[second.id, "dev"]]));
  assertEquals(new Tabs({ channel: one, keep, clock }).id, first.id);
});

Deno.test("a tab that was duplicated takes a name of its own", async () => {
  const clock = new FakeClock();
  const [one, two] = channels(2);
  const keep = memoryKeep();
  const first = new Tabs({ channel: one, keep, clock });
  const copy = memoryKeep();
  copy.set("tab", keep.get("tab") ?? "");
  const second = new Tabs({ channel: two, keep: copy, clock });
  const asking = second.others();
  await clock.tick(300);
  assert(!(await asking).has(second.id));
  assertNotEquals(first.id, second.id);
  assertEquals(copy.get("tab"), second.id);
});
