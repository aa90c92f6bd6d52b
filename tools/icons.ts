/**
 * `deno run -A tools/icons.ts`: draws the pictures that systems want of an installed page,
 * web/icons/, from web/icon.svg. They are kept with the sources: a build needs no browser.
 */

import { fromFileUrl } from "@std/path";
import { chromium } from "playwright-core";
import { pathOf } from "./programs.ts";

const web = fromFileUrl(new URL("../web/", import.meta.url));

/** What is drawn: pixels a side, and whether a system cuts a shape of its own out of it. */
const pictures = [
  { name: "icon_192.png", side: 192, isCut: false },
  { name: "icon_512.png", side: 512, isCut: false },
  { name: "icon_maskable.png", side: 512, isCut: true },
  // That system rounds the corners, and shows what is clear as black.
  { name: "icon_apple.png", side: 180, isCut: true },
] as const;
/** Of a picture that is cut only the inner four fifths are sure to be seen. */
const insideShare = 0.8;

async function main(): Promise<void> {
  const svg = await Deno.readTextFile(`${web}icon.svg`);
  const paper = /<rect[^>]*fill="(#[0-9a-f]{6})"/.exec(svg)?.[1] ?? "#000000";
  const browser = await chromium.launch({ executablePath: pathOf("chromium") });
  const page = await browser.newPage();
  await Deno.mkdir(`${web}icons`, { recursive: true });
  for (const { name, side, isCut } of pictures) {
    const inside = isCut ? Math.round(side * insideShare) : side;
    await page.setViewportSize({ width: side, height: side });
    await page.setContent(
      `<style>html{background:${isCut ? paper : "transparent"}}body{margin:0;display:grid;` +
        `place-items:center;height:100vh}svg{width:${inside}px;height:${inside}px}</style>${svg}`,
    );
    await page.screenshot({ path: `${web}icons/${name}`, omitBackground: true });
  }
  await browser.close();
}

if (import.meta.main) await main();
