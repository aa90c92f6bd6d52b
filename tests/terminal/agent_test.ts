import { assertEquals } from "@std/assert";
import { agentOf } from "../../lib/terminal/agent.ts";

Deno.test("a terminal client says on which system it runs", () => {
  const on = (os: string, arch: string) => agentOf("1.2.0", { os, arch });
  assertEquals(on("linux", "aarch64"), "Parley 1.2.0 in a terminal on Linux (aarch64)");
  assertEquals(on("darwin", "x86_64"), "Parley 1.2.0 in a terminal on macOS (x86_64)");
  assertEquals(on("solaris", "x86_64"), "Parley 1.2.0 in a terminal on solaris (x86_64)");
});
