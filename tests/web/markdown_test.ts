import { assert, assertEquals } from "@std/assert";
import { type Inline, parseInline, plainText } from "../../web/text/inline.ts";
import { gist } from "../../web/text/gist.ts";
import { linkAt, safeLink } from "../../web/text/links.ts";
import { type Block, parseMarkdown } from "../../web/text/markdown.ts";

/** Pieces as a short text that shows how they nest. */
function drawn(pieces: readonly Inline[]): string {
  return pieces.map((piece) => {
    switch (piece.is) {
      case "text":
        return piece.text;
      case "code":
        return `code(${piece.text})`;
      case "person":
      case "room":
        return `${piece.is}(${piece.name})`;
      case "link":
        return `link(${piece.to} ${drawn(piece.inside)})`;
      default:
        return `${piece.is}(${drawn(piece.inside)})`;
    }
  }).join("");
}

function blocks(all: readonly Block[]): unknown[] {
  return all.map((block) => {
    switch (block.is) {
      case "paragraph":
        return drawn(block.inside);
      case "code":
        return { code: block.text, language: block.language };
      case "quote":
        return { quote: blocks(block.inside) };
      case "list":
        return {
          from: block.from,
          items: block.items.map(({ inside, done }) =>
            done === undefined ? blocks(inside) : { done, inside: blocks(inside) }
          ),
        };
      case "table":
        return {
          columns: block.columns,
          rows: [block.head, ...block.rows].map((row) => row.map(drawn)),
        };
    }
  });
}

const lines: readonly [string, string, string][] = [
  ["plain text", "hello there", "hello there"],
  ["emphasis", "*a* and _b_", "emphasis(a) and emphasis(b)"],
  ["strong", "**a** b**c**", "strong(a) bstrong(c)"],
  ["both at once", "***a***", "strong(emphasis(a))"],
  ["struck out", "~~a~~ ~b~", "struck(a) ~b~"],
  ["marks inside marks", "**a *b* c**", "strong(a emphasis(b) c)"],
  ["marks that cross", "**a *b** c*", "strong(a *b) c*"],
  ["names with underlines", "snake_case_name and __init__.py", "snake_case_name and __init__.py"],
  ["sums", "2*3*4 = 24, 2 * 3", "2*3*4 = 24, 2 * 3"],
  ["marks beside scripts without spaces", "这是*重要*的", "这是emphasis(重要)的"],
  ["nothing between marks", "** ** ____ **", "** ** ____ **"],
  ["a mark that isn't closed", "*a and **b", "*a and **b"],
  ["code", "`a*b*` x", "code(a*b*) x"],
  ["code with backticks", "`` a`b ``", "code(a`b)"],
  ["backticks that aren't closed", "`a ``b", "`a ``b"],
  ["escaped marks", "\\*a\\* c:\\temp", "*a* c:\\temp"],
  [
    "a bare address",
    "see https://x.org/a_b_(c).",
    "see link(https://x.org/a_b_(c) https://x.org/a_b_(c)).",
  ],
  ["an address in brackets", "(https://x.org)", "(link(https://x.org/ https://x.org))"],
  ["an address in angles", "<https://x.org/a>", "link(https://x.org/a https://x.org/a)"],
  ["a link with text", "[the *docs*](https://x.org)", "link(https://x.org/ the emphasis(docs))"],
  [
    "an address as a link's text",
    "[https://a.org](https://b.org)",
    "link(https://b.org/ https://a.org)",
  ],
  [
    "brackets that are no link",
    "[1] https://x.org [x]",
    "[1] link(https://x.org/ https://x.org) [x]",
  ],
  ["who is meant", "@bob, hi (@Ann-Lee.) a@b.c", "person(bob), hi (person(Ann-Lee).) a@b.c"],
  ["which room is meant", "in #dev. C#x", "in room(dev). C#x"],
  ["no names in code", "`@bob`", "code(@bob)"],
  ["spoilers", "it was ||the *butler*||.", "it was spoiler(the emphasis(butler))."],
  ["spoilers over lines", "||a\nb||", "spoiler(a\nb)"],
  ["spoilers beside scripts without spaces", "这是||重要||的", "这是spoiler(重要)的"],
  ["programs that say or", "a || b || c, a||b||c, ||a", "a || b || c, a||b||c, ||a"],
  ["lines of pipes", "||| |||| |", "||| |||| |"],
  ["a spoiler's marks in code", "||a `||` b||", "spoiler(a code(||) b)"],
];

for (const [what, written, wanted] of lines) {
  Deno.test(`parseInline() takes apart ${what}`, () => {
    assertEquals(drawn(parseInline(written)), wanted);
  });
}

for (
  const written of [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/files/1/a.html)",
    "[x](blob:x)",
    "[x](https://bank.example@evil.example/)",
    "<javascript:alert(1)>",
    "![x](https://x.org/a.png)".replace("https", "javascript"),
  ]
) {
  Deno.test(`parseInline() makes no link of ${JSON.stringify(written)}`, () => {
    const found = JSON.stringify(parseInline(written));
    assert(!found.includes('"link"'), found);
  });
}

Deno.test("parseInline() keeps every character of text without marks", () => {
  const text = "<b>no</b> & &amp; \u{1f600} ]( ![x] <!-- -->";
  assertEquals(plainText(parseInline(text)), text);
});

Deno.test("parseInline() takes text that is only marks in time that grows with its length", () => {
  for (
    const unit of [
      "*",
      "**a",
      "[",
      "[a](",
      "`",
      "` ``",
      "_a ",
      "~~",
      "](",
      "@a",
      "<",
      "\\",
      "***a*",
      "([",
      "https://",
      "|",
      "||a",
      "|| ",
      " ||a||",
      "|a\n|-\n",
      "|-|\n",
      "\\|",
      "- [x] ",
    ]
  ) {
    const from = performance.now();
    parseMarkdown(unit.repeat(131_072 / unit.length));
    parseMarkdown(`${unit}\n`.repeat(131_072 / (unit.length + 1)));
    assert(performance.now() - from < 4000, unit);
  }
});

Deno.test("parseInline() nests pieces to a bound", () => {
  const deep = (pieces: readonly Inline[]): number =>
    Math.max(0, ...pieces.map((piece) => "inside" in piece ? 1 + deep(piece.inside) : 0));
  const found = parseInline(
    `${"**a _b ~~c [d ".repeat(500)}${" d](https://x.org) c~~ b_ a**".repeat(500)}`,
  );
  assert(deep(found) <= 12);
});

const texts: readonly [string, string, readonly unknown[]][] = [
  ["lines and paragraphs", "a\n  b\n\n\nc", ["a\n  b", "c"]],
  ["code as it stands", "x\n```ts\nconst a = *b*;\n\n> c\n```\ny", [
    "x",
    { code: "const a = *b*;\n\n> c", language: "ts" },
    "y",
  ]],
  ["code without an end", "```\nnot ended", [{ code: "not ended", language: undefined }]],
  ["code on one line", "```one line```", [{ code: "one line", language: undefined }]],
  ["a quote in another", "> a\n> > b\nc", [{ quote: ["a", { quote: ["b"] }] }, "c"]],
  ["a list in another", "- a\n- b\n  - c\n\n7. d\n8. e", [
    { from: undefined, items: [["a"], ["b", { from: undefined, items: [["c"]] }]] },
    { from: 7, items: [["d"], ["e"]] },
  ]],
  ["years and dashes, which are text", "2024. A year\n-5 degrees\n# no heading", [
    "2024. A year\n-5 degrees\n# no heading",
  ]],
];

for (const [what, written, wanted] of texts) {
  Deno.test(`parseMarkdown() takes apart ${what}`, () => {
    assertEquals(blocks(parseMarkdown(written)), wanted);
  });
}

Deno.test("parseMarkdown() tells tasks from other items", () => {
  assertEquals(blocks(parseMarkdown("- [ ] *a*\n- [x] b\n  - [X] c\n- [y] d\n- [ ]\n- [x]e")), [{
    from: undefined,
    items: [
      { done: false, inside: ["emphasis(a)"] },
      { done: true, inside: ["b", { from: undefined, items: [{ done: true, inside: ["c"] }] }] },
      ["[y] d"],
      ["[ ]"],
      ["[x]e"],
    ],
  }]);
});

Deno.test("parseMarkdown() makes tables, aligned as their rule says", () => {
  const written = "before\n| a | *b* | c | d |\n|:--|--:|:-:|---|\n| 1 | `2` |\n3|4|5|6|7\nafter";
  assertEquals(blocks(parseMarkdown(written)), [
    "before",
    {
      columns: ["left", "right", "center", undefined],
      rows: [
        ["a", "emphasis(b)", "c", "d"],
        ["1", "code(2)", "", ""],
        ["3", "4", "5", "6"],
      ],
    },
    "after",
  ]);
});

Deno.test("parseMarkdown() keeps an escaped pipe in its cell", () => {
  assertEquals(blocks(parseMarkdown("a|b\n-|-\n`x \\| y`|\\|\\|z\\|\\|")), [{
    columns: [undefined, undefined],
    rows: [["a", "b"], ["code(x | y)", "spoiler(z)"]],
  }]);
});

for (
  const [what, written] of [
    ["a table without a rule", "| a | b |\n| c | d |"],
    ["a rule with too few columns", "| a | b |\n|---|\n| c | d |"],
    ["a rule with too many columns", "| a | b |\n|---|---|---|"],
    ["a rule that is only dashes", "a | b\n---\nc"],
    ["a rule with other marks", "a | b\n--|:-:-"],
    ["a head with more columns than anybody reads", `${"|a".repeat(60)}\n${"|-".repeat(60)}`],
  ]
) {
  Deno.test(`parseMarkdown() takes ${what} as the text that it is`, () => {
    const found = blocks(parseMarkdown(written));
    assertEquals(found, [written]);
  });
}

Deno.test("parseMarkdown() bounds a table's cells and keeps the other lines as text", () => {
  const wide = `${"|a".repeat(50)}\n${"|-".repeat(50)}\n${"|\n".repeat(500)}`;
  const found = parseMarkdown(wide);
  const [table, rest] = found;
  assert(table.is === "table" && rest.is === "paragraph" && found.length === 2);
  const cells = [table.head, ...table.rows].flat().length;
  assert(cells <= 4000, `${cells} cells`);
  assertEquals(plainText(rest.inside).split("\n").length, 500 - table.rows.length);
});

Deno.test("parseMarkdown() doesn't show a spoiler that was cut in two", () => {
  assertEquals(blocks(parseMarkdown("a ||b\n\nc *||d *e", true)), [
    "a ||b",
    "c *spoiler(d *e)",
  ]);
  assertEquals(blocks(parseMarkdown("> - a ||b", true)), [
    { quote: [{ from: undefined, items: [["a spoiler(b)"]] }] },
  ]);
  assertEquals(blocks(parseMarkdown("> a ||b\nc", true)), [{ quote: ["a ||b"] }, "c"]);
});

Deno.test("gist() doesn't tell what is hidden", () => {
  assertEquals(gist("it was\n||the *butler*||"), "it was [spoiler]");
  assertEquals(gist("> - it was ||the bu", true), "it was [spoiler]");
  assertEquals(gist("- [x] a\n- b\n\n|c|d|\n|-|-|\n|e|\\|\\|f\\|\\||"), "a, b c d, e [spoiler]");
});

Deno.test("parseMarkdown() nests quotes to a bound", () => {
  const found = JSON.stringify(parseMarkdown(`${">".repeat(2000)} x`));
  assert(found.split('"quote"').length <= 7, found.slice(0, 300));
});

Deno.test("safeLink() says where a link really leads", () => {
  assertEquals(safeLink("https://xn--80ak6aa92e.com/"), "https://xn--80ak6aa92e.com/");
  assertEquals(safeLink("mailto:a@b.c"), "mailto:a@b.c");
  assertEquals(safeLink(`https://x.org/${"a".repeat(2000)}`), undefined);
});

Deno.test("linkAt() leaves the end of a sentence out", () => {
  assertEquals(linkAt("https://x.org/?a=b!", 0), "https://x.org/?a=b");
  assertEquals(linkAt("https://x.org/a)", 0), "https://x.org/a");
  assertEquals(linkAt("https://", 0), undefined);
});
