import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Asked, readArguments } from "../../lib/admin/arguments.ts";
import { ConfigError } from "../../lib/config.ts";

function asked(...args: readonly string[]): Asked {
  const wanted = readArguments(args);
  assert(wanted.is === "word");
  return wanted;
}

Deno.test("readArguments() takes a word with what stands behind it", () => {
  const { word, operands, flags, folders } = asked("revoke", "alice", "x", "--data", "d");
  assertEquals([word, operands, [...flags]], ["revoke", ["alice", "x"], []]);
  assertEquals(folders, ["--data=d"]);
});

Deno.test("readArguments() takes what is behind the -- of a task", () => {
  assertEquals(asked("--", "list").word, "list");
});

Deno.test("readArguments() takes flags anywhere", () => {
  const { flags, folders } = asked("--uses", "3", "--files=f", "invite", "--as", "member");
  assertEquals([...flags].toSorted(), [["as", "member"], ["uses", "3"]]);
  assertEquals(folders, ["--files=f"]);
});

Deno.test("readArguments() takes names that look like numbers as they are", () => {
  assertEquals(asked("logins", "007").operands, ["007"]);
});

Deno.test("readArguments() gives help before it looks for mistakes", () => {
  for (const help of ["--help", "-h"]) assertEquals(readArguments(["x", help]), { is: "help" });
});

const wrong: readonly (readonly [string, readonly string[], string])[] = [
  ["nothing", [], "Say what to do: --help lists the words"],
  [
    "a word that isn't one",
    ["lst"],
    'There is no word "lst": "list" may be meant; --help lists what there is',
  ],
  [
    "a property of every object",
    ["toString"],
    'There is no word "toString"; --help lists what there is',
  ],
  [
    "an unknown option",
    ["list", "--dat=x"],
    'There is no option "--dat=x": "--data" may be meant; --help lists what there is',
  ],
  ["a missing operand", ["logins"], '"logins" needs NAME: what a user is called'],
  ["a missing second one", ["role", "alice"], '"role" needs ROLE: member or moderator or owner'],
  ["an empty operand", ["logins", ""], 'Cannot take "" for NAME: it must be what a user is called'],
  [
    "a role that is none",
    ["role", "alice", "guest"],
    'Cannot take "guest" for ROLE: it must be member or moderator or owner',
  ],
  ["too much", ["list", "x"], 'Cannot take "x": behind "list" comes nothing'],
  [
    "too much behind operands",
    ["revoke", "a", "b", "c"],
    'Cannot take "c": behind "revoke" comes only NAME LOGIN',
  ],
  [
    "a flag of another word",
    ["list", "--uses=1"],
    'Cannot take "--uses" with "list": --help says what it takes',
  ],
  [
    "a flag with a wrong value",
    ["invite", "--uses=0"],
    'Cannot take "--uses=0": it must be an integer from 1 to 1000000',
  ],
  [
    "a flag without a value",
    ["invite", "--hours"],
    '"--hours" needs a value: an integer from 1 to 8760',
  ],
  [
    "a switch with a value",
    ["remove", "a", "--with-messages=false"],
    '"--with-messages" takes no value',
  ],
  [
    "a folder with a comma",
    ["backup", "a,b"],
    'Cannot take "a,b" for DIR: it must be the path of a folder, without commas and control characters',
  ],
  [
    "--data without a value",
    ["list", "--data="],
    '"--data" needs a value: the path of a folder, without commas and control characters',
  ],
];

for (const [what, args, sentence] of wrong) {
  Deno.test(`readArguments() refuses ${what} in one sentence`, () => {
    assertEquals(assertThrows(() => readArguments(args), ConfigError).message, sentence);
  });
}
