/** Whether everything can be read: each theme, accent and contrast, computed from the sheets. */

import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { choices } from "../../web/settings.ts";
import {
  colourOf,
  contrast,
  type Look,
  nameTokensOf,
  type Rgb,
  tokensOf,
} from "./sheet_colours.ts";

const groups = 8;

const papers = ["--paper", "--paper-side", "--paper-raised", "--paper-hover"];

/** What stands on what, and how far apart it is at least: usually, and with high contrast. */
const pairs: readonly {
  readonly inks: readonly string[];
  readonly on: readonly string[];
  readonly least: readonly [number, number];
}[] = [
  { inks: ["--ink", "--ink-quiet"], on: [...papers, "--trouble-soft"], least: [4.5, 7] },
  { inks: ["--ink", "--ink-quiet"], on: ["--paper-pressed"], least: [4.5, 7] },
  { inks: ["--accent", "--trouble"], on: papers, least: [4.5, 7] },
  { inks: ["--on-accent"], on: ["--accent", "--accent-hover"], least: [4.5, 7] },
  { inks: ["--on-accent-soft"], on: ["--accent-soft"], least: [4.5, 7] },
  { inks: ["--on-calling"], on: ["--calling"], least: [4.5, 7] },
  { inks: ["--accent"], on: ["--accent-soft"], least: [3, 4.5] },
  { inks: ["--trouble"], on: ["--trouble-soft"], least: [4.5, 7] },
  { inks: ["--paper"], on: ["--trouble"], least: [4.5, 7] },
  { inks: ["--ink", "--ink-quiet", "--on-naming"], on: ["--naming"], least: [4.5, 7] },
  // Borders of what one writes in, and dots that say something.
  { inks: ["--line-strong", "--good", "--away"], on: papers.slice(0, 3), least: [3, 4.5] },
  { inks: ["--naming-line"], on: ["--paper"], least: [3, 4.5] },
  { inks: codeKinds(), on: ["--paper-side"], least: [7, 7] },
];

const looks: readonly Look[] = (["light", "dark"] as const).flatMap((theme) =>
  choices.contrast.flatMap((each) =>
    choices.accent.map((accent) => ({ theme, contrast: each, accent }))
  )
);

function codeKinds(): readonly string[] {
  return "keyword type string number comment name attribute meta added removed".split(" ")
    .map((kind) => `--code-${kind}`);
}

async function sheets(): Promise<readonly string[]> {
  return await Promise.all(
    ["tokens", "text"].map((name) =>
      Deno.readTextFile(new URL(`../../web/style/${name}.css`, import.meta.url))
    ),
  );
}

/** Everything that is too faint, a sentence each. */
function faint(texts: readonly string[]): readonly string[] {
  return looks.flatMap((look) => {
    const tokens = tokensOf(texts, look);
    const at = look.contrast === "high" ? 1 : 0;
    const found: string[] = [];
    const compare = (ink: string, over: string, inkRgb: Rgb, overRgb: Rgb, least: number) => {
      const is = contrast(inkRgb, overRgb);
      if (is >= least) return;
      const how = Object.values(look).join(" ");
      found.push(`${how}: ${ink} on ${over} is ${is.toFixed(2)}, and should be ${least}`);
    };
    for (const { inks, on, least } of pairs) {
      for (const ink of inks) {
        for (const over of on) {
          const [one, other] = [colourOf(tokens, ink, look), colourOf(tokens, over, look)];
          compare(ink, over, one, other, least[at]);
        }
      }
    }
    for (let group = 0; group < groups; group++) {
      const own = nameTokensOf(texts, look, group);
      const name = colourOf(own, "--name", look);
      for (const over of [...papers, "--naming", "--name-back"]) {
        compare(`name ${group}`, over, name, colourOf(own, over, look), [4.5, 7][at]);
      }
    }
    return found;
  });
}

Deno.test("everything can be read in every theme, accent and contrast, and every name", async () => {
  assertEquals(looks.length, 12);
  assertEquals(faint(await sheets()), []);
});

Deno.test("a colour that is too pale is found, wherever it stands", async () => {
  const [tokens, ...others] = await sheets();
  const paler = (from: RegExp, to: string): readonly string[] => {
    assertMatch(tokens, from);
    return faint([tokens.replace(from, to), ...others]);
  };
  assert(paler(/--ink-quiet: [^;]+;/, "--ink-quiet: #999999;").length > 0);
  const [first] = paler(/--hue: 110;/, "--hue: 110; --name: #b0b060;");
  assertMatch(first, /^light system teal: name 2 on --paper is 2\.\d\d, and should be 4\.5$/);
  const high = paler(/(\[data-contrast="high"\][^]*?--accent:) [^;]+;/, "$1 #3377aa;");
  assert(high.length > 0 && high.every((each) => each.includes(" high ")), high.join("\n"));
});

Deno.test("colourOf() comes to what browsers show, and to nothing that no screen can show", () => {
  const look: Look = { theme: "dark", contrast: "system", accent: "teal" };
  const sheet = `:root { --one: light-dark(#ffffff, oklch(0.7 0.1 var(--hue))); --hue: 200;
    --two: oklch(0.9 0.3 30); --three: var(--four); --four: #336699; }
    @media print { :root { --four: #000000; } } [data-theme="dark"] { --hue: 30; }`;
  const tokens = tokensOf([sheet], look);
  // Chromium shows oklch(0.7 0.1 30) as rgb(213, 134, 121).
  const shown = colourOf(tokens, "--one", look).map((part) => Math.round(part * 255));
  for (const [index, part] of [213, 134, 121].entries()) {
    assertAlmostEquals(shown[index], part, 1);
  }
  assertEquals(colourOf(tokens, "--three", look).map((part) => Math.round(part * 255)), [
    0x33,
    0x66,
    0x99,
  ]);
  assertThrows(() => colourOf(tokens, "--two", look), Error, "no colour of a screen");
  assertEquals(contrast([0, 0, 0], [1, 1, 1]), 21);
});
