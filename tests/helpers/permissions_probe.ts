/**
 * What a bug of ours, or of a package, might try: loaded into a server's process before it, this
 * takes the place of a handler. It tries everything when somebody's command comes, and prints a line
 * of JSON: what came of each attempt.
 */

import { handlers } from "../../lib/peer/commands.ts";

/** Each does something that isn't a server's business, and throws, or rejects, where it may not. */
const attempts: Readonly<Record<string, () => unknown>> = {
  "read /etc/passwd": () => Deno.readTextFile("/etc/passwd"),
  "read it by way of ..": () => Deno.readTextFile("./data/../../../../../../../../etc/passwd"),
  "read it as node does": async () => (await import("node:fs")).readFileSync("/etc/passwd"),
  "read it as a file: URL": async () => await (await fetch("file:///etc/passwd")).text(),
  "import it": () => import(hidden("file:///etc/passwd"), { with: { type: "text" } }),
  "list a folder": () => Array.fromAsync(Deno.readDir("/etc")),
  "read the process's own environment": () => Deno.readTextFile("/proc/self/environ"),
  "read its memory": () => Deno.open("/proc/self/mem"),
  "read its settings": () => Deno.readTextFile("./deno.json"),
  "go to another folder": () => Deno.chdir("/etc"),
  "write outside": () => Deno.writeTextFile("/tmp/parley-no.txt", ""),
  "write a temporary file": () => Deno.makeTempFile(),
  "write its own source": () => Deno.writeTextFile("./lib/log.ts", "", { append: true }),
  "write its settings": () => Deno.writeTextFile("./deno.json", "", { append: true }),
  "write the page": () => Deno.writeTextFile("./web/dist/index.html", "", { append: true }),
  "move its data out": () => Deno.rename("./data/lock", "/tmp/parley-no.lock"),
  "plant a symbolic link": () => Deno.symlink("/etc/passwd", "./data/link"),
  "plant a hard link": () => Deno.link("/etc/passwd", "./data/link"),
  "dial out": () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
  "dial out as node does": async () => {
    const { connect } = await import("node:net");
    return await new Promise((resolve, reject) => {
      connect(80, "192.0.2.1").on("error", reject).on("connect", resolve);
    });
  },
  "fetch a page": () => fetch("http://192.0.2.1/"),
  "open a WebSocket": () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket("ws://192.0.2.1/");
      socket.onopen = resolve;
      socket.onerror = (event) => reject("error" in event ? event.error : event);
    }),
  "send a datagram": async () => {
    const socket = (await import("node:dgram")).createSocket("udp4");
    return await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.send("x", 53, "192.0.2.1", (error) => error ? reject(error) : resolve(0));
    });
  },
  "reach a socket of another program": () =>
    Deno.connect({ transport: "unix", path: "/run/parley-no.sock" }),
  "resolve a name": () => Deno.resolveDns("example.org", "A"),
  "import from the network": () => import(hidden("https://esm.sh/left-pad@1.3.0")),
  "import from JSR": () => import(hidden("jsr:@std/path@1")),
  "import from npm": () => import(hidden("npm:left-pad@1.2.0")),
  "run a program": () => new Deno.Command("true").output(),
  "run one as node does": async () => (await import("node:child_process")).execSync("true"),
  "signal another process": () => Deno.kill(1, "SIGCONT"),
  "load a library": () => Deno.dlopen("libc.so.6", {}),
  "load one into a database": async () => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(":memory:", { allowExtension: true }).loadExtension("/tmp/parley-no.so");
  },
  "open a database outside": async () => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync("/tmp/parley-no.db").exec("create table a (b)");
  },
  "attach one": async () => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(":memory:").exec("attach '/tmp/parley-no.db' as a; create table a.b (c)");
  },
  "read a variable": () => Deno.env.get("PATH"),
  "read one as node does": async () => (await import("node:process")).env.PATH,
  "list variables": () => Deno.env.toObject(),
  "ask for the host name": () => Deno.hostname(),
  "ask who runs it": async () => (await import("node:os")).userInfo(),
  "let itself be debugged": async () => (await import("node:inspector")).open(0),
  "write its heap out": async () =>
    (await import("node:v8")).writeHeapSnapshot("/tmp/parley-no.heap"),
  "ask for more permissions": async () => {
    const { state } = await Deno.permissions.request({ name: "run" });
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
  "read in another Worker": () =>
    new Promise((resolve, reject) => {
      const code = 'Deno.readTextFile("/etc/passwd").then(() => postMessage(""), (error) => ' +
        "postMessage(error.name))";
      const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, {
        type: "module",
      });
      worker.onmessage = ({ data }) => {
        worker.terminate();
        if (data === "NotCapable") reject(new Deno.errors.NotCapable("in the Worker"));
        else resolve(data);
      };
    }),
  // Deno follows it: only whoever may write there can have planted it.
  "follow a planted link": () => Deno.readTextFile("./shared_files/lobby/link.txt"),
  // The server may dial the addresses that it may listen on.
  "dial this machine": () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
};

/** What isn't known before it runs, so that nothing is loaded beforehand. */
function hidden(specifier: string): string {
  return specifier;
}

/** What keeps imports, databases and datagrams in says it in a sentence only. */
const kept = [
  "Requires read access",
  "--cached-only is specified",
  "too many attached databases - max 0",
  "send UNKNOWN 192.0.2.1:53",
];

async function tried(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "done";
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const isKept = kept.some((sentence) => error.message.includes(sentence));
    return error instanceof Deno.errors.NotCapable || isKept ? "refused" : error.message;
  }
}

Object.assign(handlers, {
  async typing() {
    const outcomes: Record<string, string> = {};
    for (const [what, attempt] of Object.entries(attempts)) {
      outcomes[what] = await tried(attempt);
    }
    console.log(JSON.stringify({ outcomes }));
    return { answer: {} };
  },
});
