import { assert, assertEquals } from "@std/assert";
import { utf8Length } from "../../lib/wire/fields.ts";
import {
  type FileKey,
  fileKey,
  freeName,
  isOfType,
  safeFolder,
  safeName,
} from "../../lib/sharing/file_names.ts";
import { limits } from "../../lib/limits.ts";
import { Chance } from "../helpers/chance.ts";

const long = "x".repeat(300);
const names: readonly (readonly [what: string, offered: string, safe: string | undefined])[] = [
  ["a usual one", "report.pdf", "report.pdf"],
  ["spaces within", "my  report 2.pdf", "my  report 2.pdf"],
  ["other writing", "报告 отчёт تقرير.pdf", "报告 отчёт تقرير.pdf"],
  ["brackets and signs", "a (2) [x] #1 & 'b' 100%.txt", "a (2) [x] #1 & 'b' 100%.txt"],
  ["a path up", "../../etc/passwd", "_.._etc_passwd"],
  ["an absolute path", "/etc/passwd", "_etc_passwd"],
  ["a Windows path", "C:\\Windows\\x.dll", "C__Windows_x.dll"],
  ["a stream of NTFS", "a.txt:hidden", "a.txt_hidden"],
  ["what Windows forbids", 'a<b>c"d|e?f*g', "a_b_c_d_e_f_g"],
  ["look-alikes of a slash", "a\u2215b\u2044c\uff0fd", "a_b_c_d"],
  ["a NUL", "a\0b.txt", "ab.txt"],
  ["newlines and escapes", "a\r\nb\u001b[31m\u009b.txt", "ab[31m.txt"],
  ["a turned direction", "photo\u202egpj.exe", "photogpj.exe"],
  ["isolates and marks", "\u2066a\u2069\u200eb\u061c", "ab"],
  ["zero-width spaces", "a\u200bb\ufeffc\u2060d\u00ad.txt", "abcd.txt"],
  ["joiners that join nothing", "a\u200db\u200cc.txt", "abc.txt"],
  ["a joiner in a family", "👨\u200d👩\u200d👧.png", "👨\u200d👩\u200d👧.png"],
  ["a joiner behind a sign", "❤\ufe0f\u200d🔥.png", "❤\ufe0f\u200d🔥.png"],
  ["a joiner in Persian", "می\u200cخواهم.txt", "می\u200cخواهم.txt"],
  ["an emoji sign behind a letter", "a\ufe0fb", "ab"],
  ["tags and fillers", "a\u{e0041}b\u3164c\u115f", "abc"],
  ["line separators", "a\u2028b\u2029c", "abc"],
  ["half a character", "a\ud83d.txt", "a\ufffd.txt"],
  ["decomposed", "e\u0301.txt", "é.txt"],
  ["decomposed behind what isn't seen", "e\u200b\u0301.txt", "é.txt"],
  ["other spaces", "a\u00a0b\u3000c\u2003", "a b c"],
  ["leading dots", "...profile", "profile"],
  ["leading dots behind what isn't seen", "\u200b.\u200b.ssh", "ssh"],
  ["trailing dots and spaces", "a.txt. . ", "a.txt"],
  ["leading spaces", "  a", "a"],
  ["a device", "CON", "_CON"],
  ["a device with an ending", "nul.txt", "_nul.txt"],
  ["a device with two endings", "Aux.tar.gz", "_Aux.tar.gz"],
  ["a device and a space", "prn .txt", "_prn .txt"],
  ["a port", "COM1.log", "_COM1.log"],
  ["a port in superscript", "com\u00b9", "_com\u00b9"],
  ["a printer", "LPT9", "_LPT9"],
  ["the console", "conin$", "_conin$"],
  ["a device behind dots", ".con", "_con"],
  ["not quite a device", "console.txt", "console.txt"],
  ["no device", "com10", "com10"],
  ["a long one", `${long}.pdf`, `${"x".repeat(251)}.pdf`],
  ["a long archive", `${long}.tar.gz`, `${"x".repeat(248)}.tar.gz`],
  ["a long ending", `a.${long}`, `a.${"x".repeat(253)}`],
  ["long in two bytes", `${"é".repeat(200)}.txt`, `${"é".repeat(125)}.txt`],
  ["long in pictures", "👨\u200d👩\u200d👧".repeat(30), "👨\u200d👩\u200d👧".repeat(14)],
  ["one endless character", `a${"\u0323".repeat(300)}`, `ạ${"\u0323".repeat(126)}`],
  ["cut before a dot", `${"x".repeat(254)}. ${"y".repeat(40)}`, "x".repeat(254)],
  ["nothing", "", undefined],
  ["dots", "..", undefined],
  ["dots and spaces", " . . ", undefined],
  ["only what isn't seen", "\u200b\u202e\0", undefined],
];

for (const [what, offered, safe] of names) {
  Deno.test(`safeName() of ${what}`, () => assertEquals(safeName(offered), safe));
}

/** Pieces that are something to one rule or another. */
const pieces = [
  ..."/\\:*.. .  \0\n\u202e\u200b\u200c\u200d\ufe0f\u0301\u0323\u00a0\u2028\ud83d\ude00\ufeff",
  ..."aZ0é😀❤یक波\u1100\u1161\u212b\u3164\uffff",
  "con",
  "COM1",
  "nul.",
  ".tar.gz",
  ".pdf",
  "👨\u200d👩",
  long,
  "é".repeat(130),
];

Deno.test("safeName() of anything is one part of a path, and itself when offered again", () => {
  const chance = Chance.ofRun("names of files");
  for (let run = 0; run < 5000; run++) {
    const offered = Array.from({ length: chance.below(9) }, () => chance.pick(pieces)).join("");
    const safe = safeName(offered);
    const shown = JSON.stringify([offered, safe]);
    if (safe === undefined) continue;
    assertEquals(safeName(safe), safe, shown);
    assert(utf8Length(safe) <= limits.fileNameBytesMax, shown);
    assert(safe.isWellFormed() && safe === safe.normalize("NFC"), shown);
    // deno-lint-ignore no-control-regex -- control characters are what it looks for
    assert(!/[/\\:\u0000-\u001f\u007f-\u009f\u202a-\u202e]|^[. ]|[. ]$/.test(safe), shown);
    assert(!/^(con|com1|nul)(\.|$)/i.test(safe), shown);
    const again = freeName(safe, (key) => key === fileKey(safe));
    assert(fileKey(again) !== fileKey(safe), shown);
    assertEquals(safeName(again), again, shown);
  }
});

Deno.test("fileKey() is the same where some file system has one file", () => {
  const same = [
    ["A.TXT", "a.txt"],
    ["é", "e\u0301"],
    ["Straße", "STRASSE"],
    ["ΣΑΣ", "σας"],
    ["\u212a", "k"],
    ["İ", "i\u0307"],
    ["می\u200cخ", "میخ"],
    ["❤\ufe0f", "❤"],
    ["ﬁ", "FI"],
  ];
  for (const [one, other] of same) assertEquals(fileKey(one), fileKey(other), `${one} ${other}`);
  for (const [one, other] of [["a", "b"], ["a.txt", "a"], ["e", "é"]]) {
    assert(fileKey(one) !== fileKey(other));
  }
});

function free(name: string, ...taken: readonly string[]): string {
  const keys = new Set<FileKey>(taken.map(fileKey));
  return freeName(name, (key) => keys.has(key));
}

Deno.test("freeName() numbers a name before its ending", () => {
  assertEquals(free("report.pdf"), "report.pdf");
  assertEquals(free("report.pdf", "Report.PDF"), "report (2).pdf");
  assertEquals(free("report.pdf", "report.pdf", "report (2).pdf"), "report (3).pdf");
  assertEquals(free("a.tar.gz", "a.tar.gz"), "a (2).tar.gz");
  assertEquals(free("README", "readme"), "README (2)");
  assertEquals(free("report (2).pdf", "report (2).pdf"), "report (2) (2).pdf");
});

Deno.test("freeName() cuts a name that gets too long by its number", () => {
  const name = `${"x".repeat(251)}.pdf`;
  assertEquals(free(name, name), `${"x".repeat(247)} (2).pdf`);
});

const folders: readonly (readonly [offered: string, safe: string | undefined])[] = [
  ["a", "a"],
  ["a/b/c", "a/b/c"],
  ["a/con/ c.", "a/_con/c"],
  ["a/.git", "a/git"],
  ["a\\b", "a_b"],
  ["", undefined],
  ["/a", undefined],
  ["a/", undefined],
  ["a//b", undefined],
  ["..", undefined],
  ["a/../b", undefined],
  ["a/./b", undefined],
  ["a/.../b", undefined],
  ["a/\u200b/b", undefined],
  ["C:/a", undefined],
  ["c:a", undefined],
  ["a/".repeat(40) + "a", undefined],
  [Array(10).fill("x".repeat(200)).join("/"), undefined],
];

for (const [offered, safe] of folders) {
  const shown = offered.length > 20 ? `${offered.slice(0, 20)}…` : offered;
  Deno.test(`safeFolder() of "${shown}"`, () => assertEquals(safeFolder(offered), safe));
}

Deno.test("isOfType() compares endings without case", () => {
  assert(isOfType("a.PDF", [".txt", ".pdf"]) && isOfType("anything", []));
  assert(!isOfType("a.pdf.exe", [".pdf"]) && !isOfType("apdf", [".pdf"]));
});
