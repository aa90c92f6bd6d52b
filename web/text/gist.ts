/** What a text says in one line, without its dress. Pure. */

import { plainText } from "./inline.ts";
import { type Block, parseMarkdown } from "./markdown.ts";

/** The words of `text`, on one line, without what is hidden; `isCut`: it is only a beginning. */
export function gist(text: string, isCut = false): string {
  return words(parseMarkdown(text, isCut)).replace(/\s+/g, " ").trim();
}

function words(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    switch (block.is) {
      case "paragraph":
        return plainText(block.inside);
      case "code":
        return block.text;
      case "quote":
        return words(block.inside);
      case "list":
        return block.items.map(({ inside }) => words(inside)).join(", ");
      case "table":
        return [block.head, ...block.rows].map((row) => row.map(plainText).join(" ")).join(", ");
      default:
        return block satisfies never;
    }
  }).join(" ");
}
