import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { counted, fetchAll, hashOf, offer, sendParts } from "../helpers/file_peer.ts";
import { sceneTest } from "../helpers/scene.ts";

const MiB = 1024 * 1024;

sceneTest(
  "an upload goes on after kill -9 where it was stored, and comes out whole",
  async (scene) => {
    const server = await scene.start();
    const bytes = counted(12 * MiB);
    const alice = await server.join("Alice");
    const { transfer } = await offer(alice, bytes, { name: "film.mp4", cid: "c-1" });
    await sendParts(alice, transfer, bytes, { to: 7 * MiB, size: MiB });
    const { offset: told } = await alice.event(({ t, offset }) =>
      t === "stored" && Number(offset) >= 3 * MiB
    );
    await server.kill();
    await server.start();
    const back = await server.join("Alice", { token: alice.token });
    const { offset } = await back.ok({ t: "resume", transfer });
    assert(Number(offset) >= Number(told), `${offset} of ${told} bytes are left`);
    await sendParts(back, transfer, bytes, { from: Number(offset), size: MiB });
    const { file } = await back.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    await server.kill();
    await server.start();
    const bob = await server.join("Bob");
    const { files } = await bob.ok({ t: "files" });
    const { room: _room, ...listed } = (files as JsonObject[])[0];
    const { room: _same, ...shared } = file as JsonObject;
    assertEquals(listed, shared);
    const fetched = await fetchAll(bob, 900, { file: listed.file });
    assertEquals(hashOf(fetched.bytes), hashOf(bytes));
  },
);
