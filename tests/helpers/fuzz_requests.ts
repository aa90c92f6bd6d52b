/** Requests by grammar: the routes are the server's own, what stands in them is often something else. */

import { coreRoutes } from "../../lib/net/web.ts";
import { WebCounts } from "../../lib/net/web_counts.ts";
import type { Chance } from "./chance.ts";
import { noise } from "./fuzz_grammar.ts";
import { type Seen, strangeText } from "./fuzz_values.ts";

const routes = coreRoutes({ counts: new WebCounts() })
  .map(({ method, pattern }) => ({ method, pattern }));
const patterns = [...routes, { method: "GET", pattern: "/" }, { method: "GET", pattern: "/ws" }];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

type Values = readonly (string | undefined)[];

/** What headers may say; `undefined`: the header isn't there. */
const headerValues: Readonly<Record<string, Values>> = {
  "Content-Type": [
    "application/offset+octet-stream",
    "text/plain",
    "a/b; c=\u00e9",
    "x",
    undefined,
  ],
  "Tus-Resumable": ["1.0.0", "1.0.0", "0.2.2", undefined],
  "Upload-Length": ["3", "3000", "0", "-1", "1e3", "9".repeat(40), undefined],
  "Upload-Offset": ["0", "3", "-0", "0x1", "9007199254740993", undefined],
  "Upload-Defer-Length": ["1", undefined],
  "X-HTTP-Method-Override": ["PATCH", "HEAD", "DELETE", "constructor", undefined],
  Range: [
    "bytes=0-",
    "bytes=1-1",
    "bytes=-1",
    "bytes=5-2",
    "bytes=-0",
    "bytes=0-0,2-3",
    `bytes=${"9".repeat(30)}-`,
    `bytes=${"0-1,".repeat(500)}`,
    "bits=1",
    undefined,
  ],
  "If-None-Match": ["*", '"x"', 'W/"thumb", "thumb"', '"'.repeat(50), undefined],
  "If-Range": ['"x"', "Thu, 01 Jan 1970 00:00:00 GMT", undefined],
  "If-Modified-Since": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", undefined],
  Expect: ["100-continue", "200-nothing", undefined, undefined],
  Connection: ["keep-alive", "close", "upgrade, close", undefined],
  Upgrade: ["websocket", "h2c", undefined, undefined, undefined],
  // What a proxy says that isn't known is the end of most requests.
  "X-Forwarded-For": ["203.0.113.7", "::1, x,,", "\u00ff", ...Array(20)],
  Forwarded: ["for=_hidden;by=x", ...Array(10)],
  Cookie: ["c=x; c=y", "=;;=", undefined],
  Origin: ["null", "http://example.org", undefined, undefined],
  "Accept-Encoding": ["br;q=nan, gzip;q=-1", undefined],
};

/** Bodies sent in chunks: whole ones, and such as no program should send. */
const chunkings = [
  "3\r\nabc\r\n0\r\n\r\n",
  "3;a=b\r\nabc\r\n0\r\nX-After: 1\r\n\r\n",
  "3\r\nabcdef\r\n0\r\n\r\n",
  "-1\r\nabc\r\n",
  "ffffffffffffffffff\r\nabc",
  "3\nabc\n0\n\n",
  "zz\r\n\r\n",
  "3\r\nab",
  `3;${"x".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`,
  "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
];

/** The bytes of one request; `port`: the server's own. */
export function fuzzRequest(chance: Chance, seen: Seen, port: number): Uint8Array {
  if (chance.once(25)) return noise(chance, chance.below(2000));
  const { method, pattern } = chance.pick(patterns);
  const verb = chance.once(8) ? chance.pick(methods) : method;
  const path = pattern.split("/").map((part) =>
    part.startsWith(":") ? segment(part, chance, seen) : part
  )
    .join("/");
  const query = chance.once(2) ? `?${queryOf(chance, seen)}` : "";
  const head = [
    `${verb} ${path}${query} HTTP/1.${chance.once(20) ? chance.pick(["0", "2", ""]) : "1"}`,
    ...chance.once(20) ? [] : [`Host: ${hostOf(chance, port)}`],
    ...headers(chance, seen),
  ];
  const [framing, body] = bodyOf(chance);
  const bytes = latin1(`${[...head, ...framing].join("\r\n")}\r\n\r\n`);
  const all = new Uint8Array(bytes.length + body.length);
  all.set(bytes);
  all.set(body, bytes.length);
  if (chance.once(20)) all[chance.below(all.length)] = chance.below(256);
  return all;
}

function hostOf(chance: Chance, port: number): string {
  return chance.once(10) ? chance.pick(["example.org", "[::1", "a@b", ""]) : `127.0.0.1:${port}`;
}

function segment(part: string, chance: Chance, seen: Seen): string {
  const key = part.slice(1);
  const [known] = [key, key === "id" ? "file" : "location"]
    .map((one) => seen.under(one, chance)).filter((value) => typeof value === "string");
  if (known !== undefined && !chance.once(4)) return encoded(String(known));
  return chance.pick([
    "lobby",
    "a.txt",
    encoded(strangeText(chance)),
    "%zz",
    "%00",
    "%2e%2e%2fetc",
    "..",
    "%25%32%65",
    "x".repeat(chance.below(9000)),
    "\u00e9",
  ]);
}

function queryOf(chance: Chance, seen: Seen): string {
  const names = ["user", "cid", "with", "folder", strangeText(chance)];
  const value = chance.once(2) ? seen.any(chance) : strangeText(chance);
  return `${encoded(chance.pick(names))}=${encoded(String(value))}&user=Fuzz${chance.below(4)}`;
}

function headers(chance: Chance, seen: Seen): readonly string[] {
  const lines: string[] = [];
  for (const [name, values] of Object.entries(headerValues)) {
    // Most requests have few of them.
    const value = chance.once(3) ? chance.pick(values) : undefined;
    if (value !== undefined) lines.push(`${name}: ${value}`);
    if (value !== undefined && chance.once(30)) lines.push(`${name}: ${value}`);
  }
  if (!lines.some((line) => line.startsWith("Tus-")) && chance.once(2)) {
    lines.push("Tus-Resumable: 1.0.0");
  }
  lines.push(`Upload-Metadata: ${metadata(chance)}`);
  const token = seen.under("token", chance);
  if (token !== undefined && !chance.once(4)) lines.push(`Authorization: Bearer ${token}`);
  else if (chance.once(2)) {
    lines.push(`Authorization: ${chance.pick(["Basic eDo=", "Bearer", "Basic *"])}`);
  }
  if (chance.once(40)) lines.push(`X-${"y".repeat(chance.below(20_000))}: 1`);
  return lines;
}

function metadata(chance: Chance): string {
  const pair = (name: string, text: string) =>
    `${name} ${new TextEncoder().encode(text).toBase64()}`;
  return chance.pick([
    [pair("filename", "a.txt"), pair("room", "lobby")].join(","),
    [pair("filename", strangeText(chance)), pair("room", strangeText(chance))].join(","),
    "filename",
    "filename ***,room",
    ",,,",
  ]);
}

/** How the body's length is said, and what comes. */
function bodyOf(chance: Chance): readonly [readonly string[], Uint8Array] {
  const bytes = noise(chance, chance.pick([0, 3, 3, 3000, 70_000]));
  switch (chance.below(8)) {
    case 0:
      return [["Transfer-Encoding: chunked"], latin1(chance.pick(chunkings))];
    case 1:
      return [[`Content-Length: ${chance.pick(["-1", "1e3", "9".repeat(30), "3, 4", ""])}`], bytes];
    case 2:
      return [[`Content-Length: ${bytes.length + chance.below(5000)}`], bytes];
    case 3:
      return [["Transfer-Encoding: chunked", "Content-Length: 3"], bytes];
    case 4:
      return [["Transfer-Encoding: gzip, chunked"], bytes];
    default:
      return [[`Content-Length: ${bytes.length}`], bytes];
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}
