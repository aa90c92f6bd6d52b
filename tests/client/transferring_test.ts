import { assertEquals } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { failureText } from "../../lib/client/transferring.ts";

const file = { name: "b.txt", folder: "a" };

Deno.test("failureText() names the file, with its folder, once", () => {
  const full = new ChatError("quota", "There is no room for more files");
  const sent = failureText({ way: "up", ...file }, full);
  assertEquals(sent, 'Not sent: "a/b.txt": There is no room for more files');
  const gone = new ChatError("no_such_file", `There is no file "a/b.txt"`);
  const fetched = failureText({ way: "down", ...file }, gone);
  assertEquals(fetched, 'Not fetched: There is no file "a/b.txt"');
});
