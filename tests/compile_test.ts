import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join, relative } from "@std/path";
import { compileArgs, type Program, programs } from "../tools/compile.ts";
import project from "../deno.json" with { type: "json" };

const root = fromFileUrl(new URL("../", import.meta.url));

/** What was put into a program. */
interface Embedded {
  readonly permissions: Readonly<Record<string, unknown>>;
  /** The paths of all files of the project, from its folder. */
  readonly files: readonly string[];
}

/**
 * Makes a program on top of a stub, since Deno's own base is downloaded, and reads what is in it:
 * one JSON object with the settings, one JSON list with the tree of files.
 */
async function embed(program: Program): Promise<Embedded> {
  const folder = await Deno.makeTempDir();
  try {
    const base = join(folder, "base");
    await Deno.copyFile("/bin/true", base);
    const output = join(folder, "program");
    const made = await new Deno.Command(Deno.execPath(), {
      // Types are checked for everything at once elsewhere.
      args: compileArgs({ ...program, output }).flatMap((word) =>
        word === "compile" ? [word, "--no-check"] : [word]
      ),
      cwd: root,
      env: { DENORT_BIN: base, NO_COLOR: "1" },
    }).output();
    assert(made.success, new TextDecoder().decode(made.stderr));
    return readProgram(new TextDecoder("latin1").decode(await Deno.readFile(output)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readProgram(text: string): Embedded {
  const settings: { permissions: Record<string, unknown> } = JSON.parse(jsonAt(text, '{"argv":'));
  const tree: unknown = JSON.parse(jsonAt(text, '[{"Dir":{'));
  return { permissions: settings.permissions, files: [...filesOf(tree)] };
}

/** The JSON value that begins where `begin` is. */
function jsonAt(text: string, begin: string): string {
  const start = text.indexOf(begin);
  assert(start >= 0, `the program holds no ${begin}`);
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (quoted && sign === "\\") at++;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && "{[".includes(sign)) depth++;
    else if (!quoted && "}]".includes(sign) && --depth === 0) return text.slice(start, at + 1);
  }
  throw new Error(`The JSON after ${begin} has no end`);
}

/** The entries are `{"Dir": {"n": name, "e": entries}}` and `{"File": {"n": name, …}}`. */
function* filesOf(entries: unknown, folder = ""): Generator<string> {
  assert(Array.isArray(entries));
  for (const entry of entries) {
    if (entry.Dir !== undefined) yield* filesOf(entry.Dir.e, `${folder}${entry.Dir.n}/`);
    if (entry.File !== undefined) yield folder + entry.File.n;
  }
}

const embedded = new Map<string, Embedded>();

async function embeddedOf(entry: string): Promise<Embedded> {
  const program = (await programs(root)).find((one) => one.entry === entry);
  assert(program !== undefined);
  const known = embedded.get(entry) ?? await embed(program);
  embedded.set(entry, known);
  return known;
}

/** The files of the project itself, without packages. */
function own(files: readonly string[]): readonly string[] {
  return files.filter((file) => !file.startsWith(".deno_compile_node_modules"));
}

Deno.test("the server's program holds its entry and its Workers, and no client or test", async () => {
  const files = own((await embeddedOf("server.ts")).files);
  const [server] = await programs(root);
  assert(server.include.length > 0, "no Worker was found to include");
  const workers = server.include.map((path) => relative(root, path));
  for (const path of ["server.ts", "lib/core.ts", ...workers]) {
    assert(files.some((file) => `${file}/`.startsWith(`${path}/`)), path);
  }
  assertEquals(
    files.filter((path) => /^(client\.ts|lib\/(client|terminal)\/|tests|tools)/.test(path)),
    [],
  );
});

Deno.test("what looks after a server holds its entry and the Workers, and its permissions", async () => {
  const { files, permissions } = await embeddedOf("admin.ts");
  for (const path of ["admin.ts", "lib/admin/backup.ts", "lib/backend/sqlite/writer.ts"]) {
    assert(own(files).includes(path), path);
  }
  assertEquals(
    own(files).filter((path) => /^(server\.ts|lib\/terminal\/|tests|tools)/.test(path)),
    [],
  );
  const { read, write, net, env, sys } = project.permissions.admin;
  assertEquals(grants(permissions), {
    allow_env: env,
    allow_net: net,
    allow_read: read.filter((path) => path !== "./lib"),
    allow_sys: sys,
    allow_write: write,
  });
});

Deno.test("the client's program holds its entry, and no server or test", async () => {
  const files = own((await embeddedOf("client.ts")).files);
  for (const path of ["client.ts", "lib/client/link.ts"]) assert(files.includes(path), path);
  const others =
    /^(server\.ts|lib\/(backend|net|config)\/|lib\/(core|hub|store|config)\.ts|tests|tools)/;
  assertEquals(files.filter((path) => others.test(path)), []);
});

Deno.test("neither program holds a package that it doesn't use", async () => {
  const { files } = await embeddedOf("server.ts");
  assertEquals(files.filter((path) => path.includes("/gemoji/")), []);
  assert(files.some((path) => path.includes("/deno-std/")));
});

const asked = /^(allow|deny|ignore)_/;

/** What a program was granted; `allow_import` is Deno's own list of hosts for `import("https:…")`. */
function grants(permissions: Embedded["permissions"]): Readonly<Record<string, unknown>> {
  const kinds = Object.entries(permissions).filter(([kind, what]) =>
    asked.test(kind) && what !== null && kind !== "allow_import"
  );
  return Object.fromEntries(kinds);
}

Deno.test("the server's program has the server's permissions, relative ones staying so", async () => {
  const { permissions } = await embeddedOf("server.ts");
  const { read, write, net, env, sys } = project.permissions.server;
  assertEquals(grants(permissions), {
    allow_env: env,
    allow_net: net,
    allow_read: read.filter((path) => path !== "./lib" && path !== "./web/dist"),
    allow_sys: sys,
    allow_write: write,
  });
  assert(write.every((path) => path.startsWith("./")));
  assertEquals(permissions.prompt, false);
});

Deno.test("the client's program has the client's permissions, and may dial anywhere", async () => {
  const { permissions } = await embeddedOf("client.ts");
  const { read, write, env } = project.permissions.client;
  assertEquals(grants(permissions), {
    allow_env: env,
    allow_net: [],
    allow_read: read,
    allow_write: write,
  });
  // On a terminal Deno asks about each file that is sent.
  assertEquals(permissions.prompt, true);
});
