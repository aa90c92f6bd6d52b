/** Who may import whom, and what else holds for every file; tests/architecture_test.ts checks it. */

/** A source file and the modules that it imports, as paths from the project's folder. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Paths, or names of modules outside the project such as `node:sqlite`. */
  readonly imports: readonly string[];
}

/** Where a file belongs. */
type Layer = keyof typeof layers;

interface LayerRow {
  /** Which files: the first layer of the table that fits is a file's. */
  readonly files: RegExp;
  /** Which layers a file may import beside its own. */
  readonly imports: readonly string[];
  /** Whether it also runs where there is no Deno: no `Deno.*` and nothing of Node. */
  readonly portable: boolean;
  /** Whether its files don't know those of the folders beside theirs. */
  readonly apart?: true;
}

const leaves = [
  "(protocol|events|errors|names|limits|clock|log|metrics|nearest|printable|addresses|chat_address|fingerprint|file_lock)",
  "wire/[a-z_]+",
  "entry/(passwords|invite_code)",
  "moderation/(audit_entry|operator_port)",
  "sharing/(file_names|media_types|pictures)",
].join("|");

/** The table: each layer with what it may import. */
export const layers = {
  // TLS, which a server and clients speak over their own bytes.
  tls: { files: /^lib\/wire\/tls_carrier\.ts$/, imports: ["leaves"], portable: false },
  leaves: { files: new RegExp(`^lib/(${leaves})\\.ts$`), imports: [], portable: true },
  rooms: {
    files: /^lib\/(rooms|deciding|moderation\/(rules|moderation|audit))\.ts$/,
    imports: ["leaves"],
    portable: true,
  },
  store: {
    files: /^lib\/((file_)?store|nodes)\.ts$/,
    imports: ["rooms", "leaves"],
    portable: true,
  },
  // The machine's own time and chance, which leaves get as arguments.
  system: { files: /^lib\/system_[a-z_]+\.ts$/, imports: ["leaves"], portable: true },
  config: { files: /^lib\/config(\.ts$|\/)/, imports: ["leaves"], portable: false },
  dialling: {
    files: /^lib\/client\/(tcp|tls)\.ts$/,
    imports: ["client", "tls", "leaves"],
    portable: false,
  },
  client: { files: /^lib\/client\//, imports: ["rooms", "leaves"], portable: true },
  terminal: {
    files: /^lib\/terminal\//,
    imports: ["client", "dialling", "rooms", "leaves"],
    portable: false,
  },
  web: { files: /^web\//, imports: ["client", "system", "rooms", "leaves"], portable: true },
  net: {
    files: /^lib\/net\//,
    imports: ["core", "store", "rooms", "tls", "leaves"],
    portable: false,
  },
  backend: {
    files: /^lib\/backend\//,
    imports: ["store", "rooms", "leaves"],
    portable: false,
    apart: true,
  },
  core: {
    files: /^lib\/((entry|moderation|nodes|peer|sharing)\/)?[a-z_]+\.ts$/,
    imports: ["store", "rooms", "leaves"],
    portable: true,
  },
  server: {
    files: /^server\.ts$/,
    imports: ["system", "config", "net", "backend", "core", "store", "rooms", "leaves"],
    portable: false,
  },
  // Looks after a server's folders, and talks to the server that uses them.
  admin: {
    files: /^lib\/admin\//,
    imports: ["config", "dialling", "client", "backend", "core", "store", "rooms", "leaves"],
    portable: false,
  },
  "admin program": {
    files: /^admin\.ts$/,
    imports: ["admin", "system", "config", "leaves"],
    portable: false,
  },
  "terminal client": {
    files: /^client\.ts$/,
    imports: ["system", "terminal", "client", "dialling", "leaves"],
    portable: false,
  },
  window: { files: /^lib\/gui\//, imports: ["leaves"], portable: false },
  gui: { files: /^gui\.ts$/, imports: ["window", "leaves"], portable: false },
  proofs: {
    files: /^(tests|tools|bench)\//,
    imports: [
      "leaves",
      "rooms",
      "store",
      "system",
      "config",
      "dialling",
      "client",
      "terminal",
      "window",
      "admin",
      "web",
      "net",
      "backend",
      "core",
    ],
    portable: false,
  },
} as const satisfies Readonly<Record<string, LayerRow>>;

const rows: readonly (readonly [string, LayerRow])[] = Object.entries(layers);
const linesMax = 400;

/** Every breach of a rule, as a sentence that names the file and the rule. */
export function breaches(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(source.path);
    if (layer === undefined) {
      return [`${source.path} is in no layer: give it one in tools/architecture.ts`];
    }
    return [...wrongImports(source, layer), ...wrongText(source, layer[1])];
  });
}

function layerOf(path: string): readonly [string, LayerRow] | undefined {
  return rows.find(([, row]) => row.files.test(path));
}

function wrongImports(source: Source, [name, row]: readonly [string, LayerRow]): string[] {
  return source.imports.flatMap((path) => {
    if (path.startsWith("node:")) {
      return row.portable
        ? [`${source.path} imports ${path}, but ${name} also runs in a browser`]
        : [];
    }
    const other = layerOf(path);
    // Packages and deno.json have no layer.
    if (other === undefined) return [];
    if (other[0] !== name && !row.imports.includes(other[0])) {
      const allowed = [name, ...row.imports].join(", ");
      return [`${source.path} imports ${path}, but ${name} may import only ${allowed}`];
    }
    if (row.apart && other[0] === name && !isBeside(source.path, path)) {
      return [`${source.path} imports ${path}, but one ${name} doesn't know another`];
    }
    return [];
  });
}

/**
 * What lies in one folder may know each other; a file that only carries its technology's name (as
 * sqlite.ts beside sqlite/) knows that folder, and all know what their common folder holds.
 */
function isBeside(importer: string, imported: string): boolean {
  const [from, to] = [importer, imported].map((path) => path.split("/").slice(2));
  if (to.length === 1) return from.length > 1 || !isTechnology(to[0]);
  return from[0].replace(/\.ts$/, "") === to[0];
}

function isTechnology(file: string): boolean {
  return /^(memory|sqlite|nats|disk)\.ts$/.test(file);
}

function wrongText(source: Source, row: LayerRow): string[] {
  const { path } = source;
  const wrong: string[] = [];
  const lines = source.text.split("\n").length - 1;
  if (lines > linesMax) {
    wrong.push(`${path} has ${lines} lines: split it by noun, ${linesMax} is all`);
  }
  const code = withoutComments(source.text);
  if (row.portable && /\bDeno\./.test(code)) {
    wrong.push(`${path} uses Deno.*, but its layer gets all that as arguments`);
  }
  if (/^export default\b/m.test(code)) wrong.push(`${path} has a default export: name it`);
  if (/(?:[:<,|&=]|\bas|\bextends)\s*any\b(?!\s*[:(.])/.test(code)) {
    wrong.push(`${path} uses the type any: unknown makes its user check`);
  }
  if (/\bJSON\.parse\((?:[^()]|\([^()]*\))*\) as\b/.test(code)) {
    wrong.push(`${path} trusts what it parsed: check the fields instead of "as"`);
  }
  return wrong;
}

function withoutComments(text: string): string {
  const parts = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/.*|\/\*[\s\S]*?\*\//g;
  return text.replaceAll(parts, (_all, string?: string) => string === undefined ? "" : '""');
}
