/** The page by a name, as on a LAN: the browser takes it for no secure context. */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { hashOf } from "../helpers/file_peer.ts";
import { make, requireReceived } from "../helpers/file_scene.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { hashOfFile } from "../helpers/whole_files.ts";

const bytes = someBytes(1_500_000);

test("over plain http everything works that needs no secure context", async (scene) => {
  await scene.startInProcess({ names: ["school.test"] });
  const [alice, bob] = [await scene.visitor({ host: "school.test" }), await scene.enter("Bob")];
  await alice.enter("Alice");
  assertEquals(await alice.page.evaluate("isSecureContext"), false);
  await alice.say("hello\n```\nto be copied\n```");
  await bob.sees("to be copied");
  await alice.send(await make(scene, "Alice", "from the page.bin", bytes));
  await bob.sees("Alice shared from the page.bin");
  await bob.type("/download from the page.bin");
  await bob.sees('"from the page.bin" (1.5 MB) is in');
  await requireReceived(scene, "Bob", "from the page.bin", bytes);
  await alice.log.locator(".file-card", { hasText: "from the page.bin" }).waitFor();
  assertEquals(await hashOfFile(await alice.download("from the page.bin")), hashOf(bytes));
  await alice.press("to be copied", "Copy this code");
  await alice.message("to be copied").getByRole("button", { name: "Copied" }).waitFor();
  await alice.page.reload();
  await alice.isConnected();
  await alice.sees("to be copied");
});

test("under a name that isn't the server's a browser gets no page", async (scene) => {
  await scene.startInProcess({ names: ["school.test"] });
  const mallory = await scene.visitor({ host: "evil.test" });
  const answer = await mallory.page.goto(`http://evil.test:${scene.server.webPort}/`);
  assertEquals(answer?.status(), 421);
  await mallory.page.getByText('This server isn\'t called \\"evil.test\\"').waitFor();
  // That it failed is said there, too.
  mallory.complaints.length = 0;
});
