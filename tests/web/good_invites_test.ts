import { assertEquals } from "@std/assert";
import type { Chat } from "../../lib/client/chat.ts";
import type { Command } from "../../lib/protocol.ts";
import { goodInvites } from "../../web/views/good_invites.ts";

/** A server with invitations of these ids, which lists two at once; `gone` go behind the first page. */
function listing(ids: readonly string[], gone: readonly string[] = []): Pick<Chat, "send"> {
  let left = ids;
  const invites = ({ after }: Command<"invites">) => {
    const from = left.indexOf(after ?? "") + 1;
    const page = left.slice(from, from + 2);
    const more = from + 2 < left.length;
    left = left.filter((id) => !gone.includes(id));
    const listed = page.map((invite) => ({ invite, at: 0, role: "guest", used: 0 } as const));
    return Promise.resolve({ invites: listed, more });
  };
  return { send: (_name, fields) => invites(fields) as never };
}

async function idsOf(server: Pick<Chat, "send">): Promise<readonly string[]> {
  return (await goodInvites(server)).map(({ invite }) => invite);
}

Deno.test("goodInvites() has those of every page", async () => {
  assertEquals(await idsOf(listing(["a", "b", "c", "d", "e"])), ["a", "b", "c", "d", "e"]);
  assertEquals(await idsOf(listing([])), []);
});

Deno.test("goodInvites() comes to an end where the last one of a page is withdrawn meanwhile", async () => {
  assertEquals(await idsOf(listing(["a", "b", "c", "d", "e"], ["b"])), ["a", "b", "c", "d", "e"]);
});
