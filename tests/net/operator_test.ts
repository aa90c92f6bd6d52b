import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { listenOperator } from "../../lib/net/operator.ts";
import { type Door, operatorFile, readDoor } from "../../lib/moderation/operator_port.ts";
import { inFolder } from "../helpers/own_folder.ts";
import { TestServer } from "../helpers/peer.ts";

/** A test with a server that listens for its operator, and where. */
function portTest(name: string, run: (door: Door, folder: string) => Promise<void>): void {
  Deno.test(name, () =>
    inFolder(async (folder) => {
      await using server = await TestServer.start();
      await using _port = await listenOperator(server.core, folder);
      const door = readDoor(await Deno.readTextFile(join(folder, operatorFile)));
      assert(door);
      await run(door, folder);
    }));
}

/** What comes back for these bytes, up to the end of the connection. */
async function sent({ port }: Door, text: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(text));
  const gone = () => undefined;
  await conn.closeWrite().catch(gone);
  let came = "";
  const piece = new Uint8Array(4096);
  for (let count; (count = await conn.read(piece).catch(() => null)) !== null;) {
    came += new TextDecoder().decode(piece.subarray(0, count));
  }
  return came;
}

function request(key: unknown, name: unknown = "list"): string {
  return `${JSON.stringify({ key, do: name, fields: {} })}\n`;
}

portTest("whoever shows the key is answered, once", async (door) => {
  const came = await sent(door, request(door.key) + request(door.key));
  const lines = came.trimEnd().split("\n");
  assertEquals(lines.length, 1);
  assertEquals(Object.keys(JSON.parse(lines[0])), ["ok"]);
});

portTest("a refusal has a code and a sentence", async (door) => {
  const { refused } = JSON.parse(await sent(door, request(door.key, "say")));
  assertEquals(refused.code, "unknown_command");
  assert(refused.message.length > 0);
});

portTest("whoever doesn't show the key gets no byte, whatever they send", async (door) => {
  const wrong = [door.key.slice(1), `${door.key}x`, door.key.toLowerCase(), "", undefined, 1, {}];
  for (const key of wrong) assertEquals(await sent(door, request(key)), "", String(key));
  for (const text of ["", "\n", "GET / HTTP/1.1\r\n\r\n", "[]\n", "x".repeat(70_000)]) {
    assertEquals(await sent(door, text), "", text.slice(0, 20));
  }
});

portTest("only its owner can read where it is and what has to be shown", async (_door, folder) => {
  const { mode } = await Deno.stat(join(folder, operatorFile));
  assertEquals((mode ?? 0) & 0o077, 0);
});

portTest("connections that ask for nothing leave room for one that does", async (door) => {
  const idle = await Promise.all(
    Array.from({ length: 50 }, () => Deno.connect({ hostname: "127.0.0.1", port: door.port })),
  );
  try {
    assert((await sent(door, request(door.key))).startsWith('{"ok"'));
  } finally {
    for (const conn of idle) conn.close();
  }
});

Deno.test("whoever has connected and asks for nothing doesn't hold up the end", () =>
  inFolder(async (folder) => {
    await using server = await TestServer.start();
    const port = await listenOperator(server.core, folder);
    const door = readDoor(await Deno.readTextFile(join(folder, operatorFile)));
    using idle = await Deno.connect({ hostname: "127.0.0.1", port: door?.port ?? 0 });
    // Answered: so the one before it was accepted.
    assert(door && (await sent(door, request(door.key))).startsWith('{"ok"'));
    const began = performance.now();
    await port[Symbol.asyncDispose]();
    assert(performance.now() - began < 5000);
    assertEquals(await idle.read(new Uint8Array(1)).catch(() => null), null);
  }));

Deno.test("a key is good for one run, and its file goes with it", () =>
  inFolder(async (folder) => {
    await using server = await TestServer.start();
    const keys: string[] = [];
    for (let run = 0; run < 2; run++) {
      await using _port = await listenOperator(server.core, folder);
      const door = readDoor(await Deno.readTextFile(join(folder, operatorFile)));
      keys.push(door?.key ?? "");
    }
    assert(keys[0] !== keys[1]);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("a link that lies in the place of its file isn't followed", () =>
  inFolder(async (folder) => {
    await using server = await TestServer.start();
    const elsewhere = join(folder, "elsewhere");
    await Deno.writeTextFile(elsewhere, "mine");
    await Deno.symlink(elsewhere, join(folder, operatorFile));
    await using _port = await listenOperator(server.core, folder);
    assertEquals(await Deno.readTextFile(elsewhere), "mine");
    assert((await Deno.lstat(join(folder, operatorFile))).isFile);
  }));
