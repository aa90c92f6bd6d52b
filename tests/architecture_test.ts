import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join, relative, toFileUrl } from "@std/path";
import { breaches, layers, type Source } from "../tools/architecture.ts";

const root = fromFileUrl(new URL("../", import.meta.url));
const folders = ["lib", "tests", "tools", "bench", "web"];

/** Every source file of the project, from its folder. */
function* sourcePaths(): Generator<string> {
  for (const name of ["server.ts", "client.ts", "admin.ts", "gui.ts"]) {
    if (exists(join(root, name))) yield name;
  }
  for (const folder of folders) if (exists(join(root, folder))) yield* within(folder);
}

function* within(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* within(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** All sources with what they import, types too, by Deno's own word. */
async function readSources(): Promise<readonly Source[]> {
  const paths = [...sourcePaths()];
  const folder = await Deno.makeTempDir();
  try {
    const all = join(folder, "all.ts");
    const lines = paths.map((path) =>
      `import ${JSON.stringify(toFileUrl(join(root, path)).href)};`
    );
    await Deno.writeTextFile(all, lines.join("\n"));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--config", join(root, "deno.json"), all],
      stderr: "inherit",
    }).output();
    const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
    const imports = new Map(graph.modules.map((module) => [module.specifier, importsOf(module)]));
    return paths.map((path) => ({
      path,
      text: Deno.readTextFileSync(join(root, path)),
      imports: imports.get(toFileUrl(join(root, path)).href) ?? [],
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function importsOf(module: Graph["modules"][number]): readonly string[] {
  const found = (module.dependencies ?? []).flatMap(({ code, type }) => [code, type]);
  const specifiers = new Set(found.flatMap((one) => one?.specifier ?? []));
  return [...specifiers].map((specifier) =>
    specifier.startsWith("file:") ? relative(root, fromFileUrl(specifier)) : specifier
  );
}

Deno.test("every file imports only what its layer may, and keeps the house rules", async () => {
  const sources = await readSources();
  assertEquals(breaches(sources), []);
  // A checker that sees no imports would find nothing.
  assertEquals(sources.find(({ path }) => path === "lib/rooms.ts")?.imports.toSorted(), [
    "lib/events.ts",
    "lib/moderation/rules.ts",
    "lib/names.ts",
    "lib/wire/command_row.ts",
  ]);
});

/** A file with nothing wrong but what is planted in it. */
function planted(path: string, planting: Partial<Source>): string {
  return breaches([{ path, text: "", imports: [], ...planting }]).join("\n");
}

const plantings: readonly [string, string, Partial<Source>, RegExp][] = [
  [
    "a leaf that imports rooms",
    "lib/events.ts",
    { imports: ["lib/rooms.ts"] },
    /leaves may import/,
  ],
  ["rooms that know the store", "lib/rooms.ts", { imports: ["lib/store.ts"] }, /rooms may import/],
  ["core that knows a backend", "lib/hub.ts", { imports: ["lib/backend/memory.ts"] }, /core may/],
  [
    "core that knows a listener",
    "lib/peer/session.ts",
    { imports: ["lib/net/tcp.ts"] },
    /core may/,
  ],
  ["core that knows the config", "lib/core.ts", { imports: ["lib/config.ts"] }, /core may/],
  ["a client that knows the hub", "lib/client/link.ts", { imports: ["lib/hub.ts"] }, /client may/],
  [
    "a client that dials elsewhere than in one file",
    "lib/client/link.ts",
    { imports: ["lib/client/tcp.ts"] },
    /client may import/,
  ],
  [
    "a backend that knows another",
    "lib/backend/sqlite/log.ts",
    { imports: ["lib/backend/nats/log.ts"] },
    /one backend doesn't know another/,
  ],
  [
    "a server that knows the terminal",
    "server.ts",
    { imports: ["lib/terminal/paint.ts"] },
    /server may import/,
  ],
  ["a leaf that needs Node", "lib/log.ts", { imports: ["node:fs"] }, /also runs in a browser/],
  ["a client that needs Deno", "lib/client/chat.ts", { text: "Deno.cwd();" }, /uses Deno/],
  ["a default export", "lib/hub.ts", { text: "export default 1;\n" }, /default export/],
  ["any", "lib/hub.ts", { text: "let a: any;\n" }, /uses the type any/],
  ["any in a list", "lib/hub.ts", { text: "let a: Map<string, any>;\n" }, /uses the type any/],
  ["trust", "lib/hub.ts", { text: "JSON.parse(read(a)) as B;\n" }, /trusts what it parsed/],
  ["401 lines", "lib/hub.ts", { text: "a;\n".repeat(401) }, /lib\/hub.ts has 401 lines/],
  ["a file without a layer", "elsewhere/x.ts", {}, /^elsewhere\/x.ts is in no layer/],
];

for (const [what, path, planting, sentence] of plantings) {
  Deno.test(`breaches() notices ${what}`, () => assertMatch(planted(path, planting), sentence));
}

const allowed: readonly [string, string, Partial<Source>][] = [
  ["400 lines", "lib/hub.ts", { text: "a;\n".repeat(400) }],
  ["any and Deno.* in comments and strings", "lib/hub.ts", {
    text: '/** Deno.x: any */ const a = "as any"; // : any\n',
  }],
  ["a backend's file that names its folder's", "lib/backend/sqlite.ts", {
    imports: ["lib/backend/sqlite/log.ts", "lib/backend/storable.ts"],
  }],
  ["the one file that dials", "lib/client/tcp.ts", {
    text: "Deno.connect();",
    imports: ["lib/client/link.ts"],
  }],
];

for (const [what, path, source] of allowed) {
  Deno.test(`breaches() passes ${what}`, () => assertEquals(planted(path, source), ""));
}

Deno.test("no layer may import one that may import it", () => {
  const table: Readonly<Record<string, { readonly imports: readonly string[] }>> = layers;
  // client.ts is given what tcp.ts makes, and tcp.ts makes what link.ts describes: one way only.
  const cycles = Object.entries(table).flatMap(([name, { imports }]) =>
    imports.filter((other) => table[other].imports.includes(name)).map((other) => [name, other])
  );
  assertEquals(cycles, []);
});
