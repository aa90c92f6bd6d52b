import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readConfig } from "../lib/config.ts";
import { isByInvitation, joinLines, type JoinTls, linksOf } from "../lib/config/join.ts";
import { defaults, flagFor, flagOf, optionNames, rows, variableOf } from "../lib/config/options.ts";
import { defaultBounds } from "../lib/limits.ts";
import { configOf, type Given, mistakeOf, sources } from "./helpers/given_config.ts";

function sayingOf(...args: string[]): string {
  const start = readConfig(sources({ args }));
  assert(start.kind === "say");
  return start.text;
}

Deno.test("readConfig() takes the defaults where nothing is said", () => {
  const config = configOf({});
  assertEquals(config.bounds, defaultBounds);
  assertEquals([config.host, config.port, config.web, config.data, config.files, config.open], [
    "127.0.0.1",
    5000,
    true,
    "data",
    "shared_files",
    false,
  ]);
});

Deno.test("readConfig() answers with something frozen", () => {
  const config = configOf({});
  assert(Object.isFrozen(config) && Object.isFrozen(config.bounds));
});

Deno.test("readConfig() strips the -- that a task hands on", () => {
  assertEquals(configOf({ args: ["--", "--port", "6000"] }).port, 6000);
});

Deno.test("readConfig() takes the first argument without a flag as the port", () => {
  assertEquals(configOf({ args: ["6000", "--no-web"] }).port, 6000);
  assertEquals(configOf({ args: ["--no-web", "6000"] }).web, false);
});

Deno.test("readConfig() takes port 0, which is any free port", () => {
  assertEquals(configOf({ args: ["--port", "0"] }).port, 0);
});

Deno.test("readConfig() lets flags win over the environment, the file, the preset, the default", () => {
  const levels: readonly [string, Given][] = [
    ["default", {}],
    ["preset", { files: { "parley.jsonc": '{"preset": "classroom"}' } }],
    [
      "file",
      { files: { "parley.jsonc": '{"preset": "classroom", "room-members-max": 3, // three\n}' } },
    ],
    ["environment", { env: { PARLEY_ROOM_MEMBERS_MAX: "4" } }],
    ["flag", { args: ["--room-members-max", "5"] }],
  ];
  const given: Given[] = [];
  const seen = levels.map(([, level]) => {
    given.push(level);
    return configOf(Object.assign({}, ...given)).bounds.roomMembersMax;
  });
  assertEquals(seen, [10_000, 15, 3, 4, 5]);
});

Deno.test("readConfig() takes --preset=bench to turn off flood and address bounds only", () => {
  const { bounds } = configOf({ args: ["--preset", "bench"] });
  assertEquals(bounds, { ...defaultBounds, flood: false, connectionsPerAddressMax: 0 });
});

Deno.test("readConfig() takes sizes with units", () => {
  const sizes = ["3MB", "3MiB", "20GiB", "1.5k", "7", "2 gb"];
  assertEquals(
    sizes.map((text) => configOf({ args: [`--file-bytes-max=${text}`] }).bounds.fileBytesMax),
    [3e6, 3 * 1024 ** 2, 20 * 1024 ** 3, 1536, 7, 2e9],
  );
});

Deno.test("readConfig() takes endings from a list in the file, and with or without dots", () => {
  const files = { "parley.jsonc": '{"file-types": [".PDF", "txt"]}' };
  assertEquals(configOf({ files }).bounds.fileTypes, [".pdf", ".txt"]);
  assertEquals(configOf({ args: ["--preset=classroom", "--file-types=all"] }).bounds.fileTypes, []);
});

Deno.test("every option can be set by flag, variable and file alike", async (t) => {
  const samples: Readonly<Record<string, string>> = {
    ADDRESS: "127.0.0.2",
    ADDRESSES: "127.0.0.1,::1",
    PORT: "6001",
    FOLDER: "elsewhere",
    FILE: "one.pem",
    SIZE: "4MiB",
    LIST: ".pdf",
    NAMES: "chat.example.org",
    N: "17",
    TEXT: "My server",
    USER: "Ada",
    "text|json": "json",
    HOST: "chat1.example.org",
    NAME: "school",
    URLS: "nats://127.0.0.1:4223,tls://nats.example.org",
  };
  // Where what does for others of the kind doesn't.
  const own: Readonly<Record<string, string>> = { natsReplicas: "3", natsFiles: "9GiB" };
  // One without the other is a mistake.
  const along: Readonly<Record<string, string>> = {
    cert: "--key=a.pem",
    key: "--cert=a.pem",
    natsFiles: "--nats=nats://127.0.0.1:4222",
  };
  for (const name of optionNames) {
    const others = name in along ? [along[name]] : [];
    await t.step(flagOf(name), () => {
      const { value } = rows[name];
      const text = value === "" ? String(!defaults[name]) : own[name] ?? samples[value];
      const key = flagOf(name);
      const configs = [
        configOf({ args: [...others, `--${key}=${text}`] }),
        configOf({ args: others, env: { [variableOf(name)]: text } }),
        configOf({ args: others, files: { "parley.jsonc": JSON.stringify({ [key]: text }) } }),
      ];
      const values = configs.map((config) => ({ ...config, ...config.bounds })[name]);
      assertEquals(values[1], values[0]);
      assertEquals(values[2], values[0]);
      assert(values[0] !== defaults[name]);
    });
  }
});

Deno.test("flagFor() writes every default so that it is read again as it was", () => {
  const args = optionNames.map((name) => flagFor(name, defaults));
  assertEquals(configOf({ args }).bounds, configOf({}).bounds);
});

Deno.test("--help names every option, and --version the version", () => {
  const help = sayingOf("--help");
  for (const name of Object.keys(rows)) assertStringIncludes(help, `--${flagOf(name)}`);
  assertEquals(sayingOf("--version"), "Parley 1.2.3");
  assertEquals(sayingOf("-h"), help);
});

Deno.test("--help is no wider than 100 columns", () => {
  assertEquals(sayingOf("--help").split("\n").filter((line) => line.length > 100), []);
});

const mistakes: readonly [string, Given, RegExp][] = [
  ["a NATS without a scheme", { args: ["--nats=127.0.0.1:4222"] }, /must be addresses like nats:/],
  ["a NATS with a password and a path", {
    args: ["--nats=nats://parley:secret@a/b"],
  }, /^Cannot take "--nats=…": it must be addresses like nats:/],
  ["a NATS with a path", { args: ["--nats=nats://a/b"] }, /must be addresses like nats:/],
  [
    "more replicas than NATS has",
    { args: ["--nats-replicas=6"] },
    /must be an integer from 1 to 5/,
  ],
  ["files in no NATS", { args: ["--nats-files=1GiB"] }, /"--nats-files" alone: .* --nats=URLS$/],
  [
    "files in NATS that have no room",
    { args: ["--nats=nats://a", "--nats-files=512MiB"] },
    /must be more than --disk-free-bytes/,
  ],
  ["a name in NATS with a dot", { args: ["--nats-name=a.b"] }, /must be 1 to 32 letters, digits/],
  ["a place with a port", { args: ["--public=example.org:5000"] }, /must be a name like/],
  ["a certificate alone", { args: ["--cert=a"] }, /^Cannot take "--cert" alone: .* --key=FILE$/],
  ["a key alone", { args: ["--key=a"] }, /^Cannot take "--key" alone: .* --cert=FILE$/],
  ["an unknown option", { args: ["--prot", "1"] }, /^There is no option "--prot": "--port" may be/],
  ["an unknown letter", { args: ["-x"] }, /^There is no option "-x"/],
  ["an option without its value", { args: ["--port"] }, /^"--port" needs a value: a port from 0/],
  ["an option eaten by the next", { args: ["--data", "--open"] }, /^"--data" needs a value/],
  ["a bad port", { args: ["--port", "65536"] }, /^Cannot take "--port=65536": it must be a port/],
  ["a port that is no number", { args: ["5000x"] }, /^Cannot take "--port=5000x"/],
  ["a second argument", { args: ["5000", "6000"] }, /^Cannot take "6000": only a port may stand/],
  ["a port given twice over", { args: ["5000", "--port=6000"] }, /^Cannot take "5000"/],
  ["a bad switch", { args: ["--web=perhaps"] }, /^Cannot take "--web=perhaps": it must be true/],
  ["a bad size", { args: ["--file-bytes-max=3XB"] }, /it must be a size like 3MB/],
  ["a bad preset", { args: ["--preset=school"] }, /it must be classroom or bench$/],
  ["an owner without a name", { args: ["--owner=a b"] }, /"--owner=a b": it must be .* letters/],
  ["a bad host", { args: ["--host=300.1.1.1"] }, /it must be an IP address/],
  ["a comma in a folder", { args: ["--data=a,b"] }, /without commas/],
  ["a bad variable", { env: { PARLEY_PORT: "x" } }, /^Cannot take PARLEY_PORT="x": it must be/],
  [
    "an unknown variable",
    { env: { PARLEY_WEBPORT: "1" } },
    /^Nothing reads the variable PARLEY_WEBPORT: PARLEY_WEB_PORT may be meant/,
  ],
  [
    "a misspelt variable where the environment can't be listed",
    { env: { PARLEY_PROT: "1" }, unlisted: true },
    /^Nothing reads the variable PARLEY_PROT: PARLEY_PORT may be meant/,
  ],
  ["a variable like none", { env: { PARLEY_ZZZZZZ: "1" } }, /PARLEY_ZZZZZZ: unset it/],
  [
    "an unknown key",
    { files: { "parley.jsonc": '{"room-member-max": 1}' } },
    /^There is no key "room-member-max" in parley.jsonc: "room-members-max" may be meant/,
  ],
  [
    "a bad value in the file",
    { files: { "parley.jsonc": '{"port": -1}' } },
    /^Cannot take "port": "-1" in parley.jsonc: it must be a port/,
  ],
  [
    "an object as a value",
    { files: { "parley.jsonc": '{"port": {}}' } },
    /^Cannot take "port" in parley.jsonc: it must be a port/,
  ],
  [
    "a file that isn't JSONC",
    { files: { "parley.jsonc": '{\n  "port": 5000,\n  "host" }' } },
    /^Cannot read "parley.jsonc": it must be JSON, .*; look at line 3$/,
  ],
  ["a file that is a list", { files: { "parley.jsonc": "[]" } }, /must be one object/],
  [
    "a file that isn't there",
    { args: ["--config", "x.jsonc"] },
    /^Cannot read "x.jsonc": there is/,
  ],
  [
    "a bad value that a flag overrides",
    { args: ["--port=1"], env: { PARLEY_PORT: "x" } },
    /^Cannot take PARLEY_PORT="x"/,
  ],
];

for (const [what, given, sentence] of mistakes) {
  Deno.test(`readConfig() names ${what} in one sentence`, () => {
    const message = mistakeOf(given);
    assertMatch(message, sentence);
    assertEquals(message.split("\n").length, 1);
    assert(!message.endsWith("."));
  });
}

Deno.test("readConfig() is by invitation on any but loopback addresses, unless it is --open", () => {
  const config = (...args: string[]) => configOf({ args });
  const loopback = ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"];
  const others = ["0.0.0.0", "::", "192.168.1.7", "fe80::1"];
  const isBy = (...more: string[]) => (host: string) =>
    isByInvitation(config("--host", host, ...more));
  assertEquals(loopback.map(isBy()), loopback.map(() => false));
  assertEquals(others.map(isBy()), others.map(() => true));
  assertEquals(others.map(isBy("--open")), others.map(() => false));
});

Deno.test("readConfig() takes the names that browsers reach it by", () => {
  const names = (text: string) => configOf({ args: [`--web-names=${text}`] }).webNames;
  assertEquals(configOf({}).webNames, []);
  assertEquals(names("none"), []);
  assertEquals(names("Chat.Example.org, my-box.local"), ["chat.example.org", "my-box.local"]);
  for (const text of ["http://x", "a:80", "a..b", "-a", "*.example.org", "10.0.0.1", "a/b"]) {
    assertMatch(mistakeOf({ args: [`--web-names=${text}`] }), /it must be names like/, text);
  }
});

Deno.test("the lines that start it otherwise show nobody the passwords of NATS", () => {
  const urls = ["nats://parley:a:b@10.0.0.1", "tls://to%40ken@10.0.0.2:4223", "nats://10.0.0.3"];
  const shown =
    "--nats=nats://parley:PASSWORD@10.0.0.1,tls://PASSWORD@10.0.0.2:4223,nats://10.0.0.3";
  assertEquals(flagFor("nats", { ...defaults, nats: urls }), shown);
  const text = urls.join();
  const file = JSON.stringify({ nats: text });
  const places: readonly [Given, isSaid: boolean][] = [
    [{ args: [`--nats=${text}`] }, true],
    [{ args: ["--config=one.jsonc"], files: { "one.jsonc": file } }, true],
    [{ env: { PARLEY_NATS: text } }, false],
    [{ files: { "parley.jsonc": file } }, false],
    [{ env: { PARLEY_CONFIG: "one.jsonc" }, files: { "one.jsonc": file } }, false],
    [{ args: [`--nats=${text}`], env: { PARLEY_NATS: text } }, true],
  ];
  for (const [given, isSaid] of places) {
    const line = mistakeOf({ ...given, granted: ({ kind }) => kind !== "net" });
    assertEquals([line.includes(shown), line.includes("--nats=")], [isSaid, isSaid]);
    assertEquals(line.includes("and finds --nats where it stands now"), !isSaid);
    assert(!/a:b|to%40ken/.test(line));
  }
});

Deno.test("joinLines() leaves the NATS of a variable where it is, and says the rest of it", () => {
  const asked: (readonly string[])[] = [];
  const line = (args: readonly string[]) => {
    asked.push(args);
    return "open";
  };
  const env = { PARLEY_NATS: "nats://me:secret@127.0.0.1", PARLEY_NATS_NAME: "school" };
  const place = { ...sources({}).place, line };
  joinLines({ ...joinable([]), config: configOf({ env }), place });
  assertEquals(asked, [["--host=0.0.0.0", "--nats-name=school"]]);
});

Deno.test("joinLines() prints the page's address beside the line of the client", () => {
  const lines = (args: readonly string[], webPort?: number) => joinLines(joinable(args, webPort));
  assertEquals(lines([], 8080), [
    "Listening on 127.0.0.1:5000",
    "Join here:      client --user NAME",
    "In a browser:   http://127.0.0.1:8080/",
    "Open to others: open",
  ]);
  assertEquals(lines(["--host=::1"], 80)[2], "In a browser:   http://[::1]/");
  assertEquals(lines(["--host=0.0.0.0", "--open"], 8081), [
    "Listening on 0.0.0.0:5000",
    "Join: client --user NAME --host 192.168.1.7",
    "In a browser: http://192.168.1.7:8081/",
    "Join: client --user NAME --host 10.0.0.7",
    "In a browser: http://10.0.0.7:8081/",
  ]);
  assertEquals(lines(["--no-web"]).filter((line) => line.includes("browser")), []);
  assertEquals(lines(["--data=/srv/chat"]).at(-1), "Open to others: wider");
});

Deno.test("joinLines() prints where the files of several nodes are", () => {
  const line = (...args: readonly string[]) =>
    joinLines(joinable(["--nats=nats://127.0.0.1:4222", ...args])).at(-1);
  assertEquals(
    line("--files=/mnt/files"),
    'Files: in the folder "/mnt/files", which has to be the same on all nodes',
  );
  assertEquals(line("--nats-files=200GiB"), "Files: in NATS, up to 200GiB");
  assertEquals(line("--nats-files=1GB"), "Files: in NATS, up to 1000000000 bytes");
});

Deno.test("joinLines() prints an invitation where one was made, and that one is needed where not", () => {
  const code = "k7mp2x-wd34fg-hj56mn";
  const made = joinLines({ ...joinable(["--host=0.0.0.0"], 8080), invite: code });
  assertEquals(made.slice(0, 6), [
    "Listening on 0.0.0.0:5000",
    `Join: client --user NAME parley://192.168.1.7/${code}`,
    `In a browser: http://192.168.1.7:8080/#invite=${code}`,
    `Join: client --user NAME parley://10.0.0.7/${code}`,
    `In a browser: http://10.0.0.7:8080/#invite=${code}`,
    `Invitation: ${code} (what is kept of it can't be read again: note it down)`,
  ]);
  assertMatch(made[6], /^█{20,}$/);
  const before = joinLines(joinable(["--host=0.0.0.0"], 8080));
  assertMatch(before.at(-1) ?? "", /^Who is new needs an invitation: .*--invite/);
  assert(!before.join("").includes("█"));
  const open = joinLines(joinable(["--host=0.0.0.0", "--open"], 8080));
  assert(!open.join("").includes("nvitation"));
});

Deno.test("joinLines() says how the owner comes, until somebody has", () => {
  const owner = { name: "Ada", code: "k7mp2x-wd34fg-hj56mn" };
  const line = joinLines({ ...joinable([]), owner }).find((line) => line.startsWith("Owner:"));
  for (const word of ["Ada", "k7mp2x-wd34fg-hj56mn", "/register"]) {
    assert(line?.includes(word), line);
  }
  assert(!joinLines(joinable([])).some((line) => line.startsWith("Owner:")));
});

Deno.test("joinLines() prints what a client compares where the server speaks TLS", () => {
  const fingerprint = "7k3v-92mq-x8pd-4wzn-a0bc";
  const own = { names: ["localhost", "192.168.1.7"], fingerprint };
  const lines = (args: readonly string[], tls: JoinTls) =>
    joinLines({ ...joinable(args, 443), tls, invite: "k7mp2x-wd34fg-hj56mn" }).slice(1, 3);
  assertEquals(lines(["--host=192.168.1.7"], own), [
    `Join: client --user NAME parleys://192.168.1.7/k7mp2x-wd34fg-hj56mn#${fingerprint}`,
    "In a browser: https://192.168.1.7/#invite=k7mp2x-wd34fg-hj56mn",
  ]);
  assertEquals(lines(["--host=0.0.0.0"], { names: ["*.example.org", "chat.example.org"] }), [
    "Join: client --user NAME parleys://chat.example.org/k7mp2x-wd34fg-hj56mn",
    "In a browser: https://chat.example.org/#invite=k7mp2x-wd34fg-hj56mn",
  ]);
});

Deno.test("linksOf() is the page's link and an address, without a page the address alone", () => {
  assertEquals(linksOf(joinable(["--host=fe80::1"], 8080), "code"), {
    url: "http://[fe80::1]:8080/#invite=code",
    address: "parley://[fe80::1]/code",
  });
  assertEquals(linksOf(joinable([]), "code").url, "");
  const proxied = ["--proxy=127.0.0.1", "--web-names=chat.example.org"];
  assertEquals(
    linksOf(joinable(proxied, 8080), "code").url,
    "https://chat.example.org/#invite=code",
  );
});

/** A server that was started so, with its page where it has a port. */
function joinable(args: readonly string[], webPort?: number) {
  return {
    config: configOf({ args }),
    port: 5000,
    ...webPort === undefined ? {} : { webPort },
    place: { ...sources({}).place, line: () => "open", widerLine: () => "wider" },
    client: "client",
    addresses: ["192.168.1.7", "10.0.0.7"],
  };
}
