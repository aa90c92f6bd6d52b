import { assertEquals, assertMatch } from "@std/assert";
import { contentHeaders, namesTag, pieceOf } from "../../lib/net/file_headers.ts";

const pieces: readonly [string | undefined, ReturnType<typeof pieceOf>][] = [
  [undefined, undefined],
  ["bytes=0-", { from: 0, to: 10 }],
  ["bytes=0-0", { from: 0, to: 1 }],
  ["bytes=3-5", { from: 3, to: 6 }],
  ["bytes=9-100", { from: 9, to: 10 }],
  ["bytes=-3", { from: 7, to: 10 }],
  ["bytes=-30", { from: 0, to: 10 }],
  ["BYTES=2-2", { from: 2, to: 3 }],
  ["bytes=10-", "nowhere"],
  ["bytes=-0", "nowhere"],
  ["bytes=5-4", undefined],
  ["bytes=0-1,3-4", undefined],
  ["bytes=-", undefined],
  ["bytes=a-b", undefined],
  ["lines=0-1", undefined],
  ["bytes=99999999999999999999-", undefined],
];
for (const [range, piece] of pieces) {
  Deno.test(`pieceOf() of 10 bytes understands ${range}`, () => {
    assertEquals(pieceOf(range, 10), piece);
  });
}

Deno.test("pieceOf() finds nothing in an empty file", () => {
  assertEquals(["bytes=0-", "bytes=-1"].map((range) => pieceOf(range, 0)), ["nowhere", "nowhere"]);
});

Deno.test("namesTag() takes lists, weak tags and the star", () => {
  const lists = ['"a"', 'W/"a"', '"b", "a"', "*", '"b"', undefined];
  assertEquals(lists.map((list) => namesTag(list, '"a"')), [true, true, true, true, false, false]);
});

function headersOf(name: string, mime = "application/octet-stream") {
  return contentHeaders({ name, mime }, "inline");
}

for (const name of ["x.svg", "x.html", "x.xhtml", "x.xml", "x.js", "x.css", "x.swf", "x", "html"]) {
  Deno.test(`contentHeaders() lets nobody show ${name} in place`, () => {
    const headers = headersOf(name);
    assertMatch(headers["content-disposition"], /^attachment;/);
    assertEquals(headers["content-type"], "application/octet-stream");
    assertMatch(headers["content-security-policy"], /^default-src 'none';.*sandbox$/);
    assertEquals(headers["x-content-type-options"], "nosniff");
  });
}

for (const mime of ["image/svg+xml", "text/html", "application/xhtml+xml", "text/javascript"]) {
  Deno.test(`contentHeaders() doesn't believe that something is ${mime}`, () => {
    assertEquals(headersOf("x", mime)["content-type"], "application/octet-stream");
    assertMatch(headersOf("x", mime)["content-disposition"], /^attachment;/);
    assertEquals(headersOf("x.png", mime)["content-type"], "image/png");
  });
}

Deno.test("contentHeaders() lets what can run nothing be shown, alone", () => {
  const headers = headersOf("photo.JPG");
  assertEquals(headers["content-type"], "image/jpeg");
  assertMatch(headers["content-disposition"], /^inline;/);
  assertMatch(headers["content-security-policy"], /default-src 'none'.*sandbox/);
  assertEquals(headersOf("notes.md")["content-type"], "text/plain; charset=utf-8");
  assertEquals(headersOf("a song", "audio/mpeg")["content-type"], "audio/mpeg");
});

Deno.test("contentHeaders() writes names so that they stay names", () => {
  const names = [
    'a"b.txt',
    "a\r\nx: y.txt",
    "ä;b.txt",
    "100%25.txt",
    "it's (1)*.txt",
    "\ud800.txt",
  ];
  const written = names.map((name) => headersOf(name)["content-disposition"]);
  assertEquals(written, [
    `inline; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`,
    `inline; filename="a__x: y.txt"; filename*=UTF-8''a%0D%0Ax%3A%20y.txt`,
    `inline; filename="_;b.txt"; filename*=UTF-8''%C3%A4%3Bb.txt`,
    `inline; filename="100_25.txt"; filename*=UTF-8''100%2525.txt`,
    `inline; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`,
    `inline; filename="_.txt"; filename*=UTF-8''%EF%BF%BD.txt`,
  ]);
});
