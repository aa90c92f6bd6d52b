/** The page while its server can't keep anything. */

import { fromFileUrl } from "@std/path";
import { listenWeb } from "../../lib/net/web.ts";
import { buildPage } from "../../tools/web.ts";
import { pageTest as test } from "../helpers/browser.ts";
import { Cluster } from "../helpers/cluster.ts";

const page = fromFileUrl(new URL("../../web/dist/", import.meta.url));

test("the page says that nothing can be kept, and when what waited is", async (scene) => {
  await buildPage();
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await Cluster.start(1));
  const [server] = cluster.servers;
  const here = { hostname: "127.0.0.1", port: 0, names: [], page };
  const listening = stack.use(await listenWeb(server.core, here));
  // A port is closed when its connections are.
  stack.defer(() => server.close());
  const alice = await scene.visitor({ port: listening.port });
  await alice.enter("Alice");
  cluster.node(0).cut();
  await alice.page.getByText("Connected; what you write waits").waitFor();
  await alice.page.getByText("The server can't save anything now").waitFor();
  await alice.say("message one.");
  await alice.message("message one.").getByText("Waits to be sent").waitFor({ state: "attached" });
  const phone = { width: 390, height: 800 };
  await alice.page.setViewportSize(phone);
  await alice.page.reload();
  await alice.isConnected();
  await alice.page.locator(".lost").getByText("Connected; what you write waits").waitFor();
  await cluster.node(0).mend();
  await alice.page.getByText("The server saves everything again").waitFor();
  await alice.message("message one.").getByText("Delivered").waitFor({ state: "attached" });
  await alice.page.locator(".lost").waitFor({ state: "detached" });
});
