/** A message's text, drawn. Only text nodes and links that are safe to follow come of it. */

import { useMemo, useState } from "preact/hooks";
import { nameKey } from "../../lib/names.ts";
import { printable } from "../../lib/printable.ts";
import { type Inline, plainText } from "../text/inline.ts";
import { type Block, type ListItem, parseMarkdown } from "../text/markdown.ts";
import type { Model } from "../model.ts";
import { laterView } from "./later.tsx";

/** Whom texts can name, and what comes of it. */
export interface Names {
  /** This user's own name, folded. */
  readonly me: string | undefined;
  /** What links to this server's own messages lead to. */
  readonly model: Model;
  isPerson(name: string): boolean;
  isRoom(name: string): boolean;
  /** Turns to a person as `@bob`, or to a room. */
  open(name: string): void;
}

// What few texts have is loaded behind the first drawing; its text stands there meanwhile.
const CodeBlock = laterView((loaded) => loaded.CodeBlock, ({ text }) => <pre>{text}</pre>);
const TableBlock = laterView(
  (loaded) => loaded.TableBlock,
  ({ table: { head, rows } }) => (
    <pre>{[head, ...rows].map((row) => row.map(plainText).join(" | ")).join("\n")}</pre>
  ),
);
const Spoiler = laterView((loaded) => loaded.Spoiler, () => <>…</>);
const MessageLink = laterView((loaded) => loaded.MessageLink, ({ inside }) => <>{inside}</>);

/** Texts longer than this are cut, until one asks for the rest. */
const charsMax = 3000;
const linesMax = 30;
const onlyEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** A text with its dress. */
export function Markdown({ text, names }: { readonly text: string; readonly names: Names }) {
  const [isWhole, setWhole] = useState(false);
  const whole = useMemo(() => printable(text), [text]);
  const shown = useMemo(() => isWhole ? whole : cut(whole), [whole, isWhole]);
  const blocks = useMemo(() => parseMarkdown(shown, shown !== whole), [shown, whole]);
  // What stands behind a text goes on in its line, where it is one.
  const isLine = blocks.length === 1 && blocks[0].is === "paragraph" && shown === whole;
  const isBig = shown.length < 40 && onlyEmoji.test(shown.trim());
  return (
    <div class={`text${isBig ? " big" : ""}${isLine ? " line" : ""}`} dir="auto">
      <Blocks blocks={blocks} names={names} />
      {shown.length < whole.length && (
        <button
          type="button"
          class="link-button"
          onClick={() => setWhole(true)}
        >
          Show all of it
        </button>
      )}
    </div>
  );
}

/** The pieces of one line. */
export function InlineText({ pieces, names }: {
  readonly pieces: readonly Inline[];
  readonly names: Names;
}) {
  return <>{pieces.map((piece) => pieceOf(piece, names))}</>;
}

function Blocks({ blocks, names }: {
  readonly blocks: readonly Block[];
  readonly names: Names;
}) {
  return <>{blocks.map((block) => blockOf(block, names))}</>;
}

function blockOf(block: Block, names: Names) {
  switch (block.is) {
    case "paragraph":
      return (
        <p>
          <InlineText pieces={block.inside} names={names} />
        </p>
      );
    case "code":
      return <CodeBlock text={block.text} language={block.language} />;
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.inside} names={names} />
        </blockquote>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <Item
          key={index}
          item={item}
          names={names}
        />
      ));
      return block.from === undefined ? <ul>{items}</ul> : <ol start={block.from}>{items}</ol>;
    }
    case "table":
      return <TableBlock table={block} names={names} />;
    default:
      return block satisfies never;
  }
}

function Item({ item: { done, inside }, names }: {
  readonly item: ListItem;
  readonly names: Names;
}) {
  if (done === undefined) {
    return (
      <li>
        <Blocks blocks={inside} names={names} />
      </li>
    );
  }
  return (
    <li class="task">
      <input type="checkbox" checked={done} disabled aria-label={done ? "Done" : "To do"} />
      <Blocks blocks={inside} names={names} />
    </li>
  );
}

function pieceOf(piece: Inline, names: Names) {
  switch (piece.is) {
    case "text":
      return piece.text;
    case "code":
      return <code>{piece.text}</code>;
    case "strong":
      return (
        <strong>
          <InlineText pieces={piece.inside} names={names} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <InlineText pieces={piece.inside} names={names} />
        </em>
      );
    case "struck":
      return (
        <s>
          <InlineText pieces={piece.inside} names={names} />
        </s>
      );
    case "spoiler":
      return <Spoiler pieces={piece.inside} names={names} />;
    case "link": {
      const inside = (
        <a href={piece.to} title={piece.to} target="_blank" rel="noopener noreferrer nofollow">
          <InlineText pieces={piece.inside} names={names} />
        </a>
      );
      if (!piece.to.startsWith(`${location.origin}/#`)) return inside;
      return (
        <MessageLink to={piece.to} text={plainText(piece.inside)} names={names} inside={inside} />
      );
    }
    case "person":
      if (nameKey(piece.name) === names.me) return <mark>@{piece.name}</mark>;
      if (!names.isPerson(piece.name)) return `@${piece.name}`;
      return <NameLink sign="@" name={piece.name} open={() => names.open(`@${piece.name}`)} />;
    case "room":
      if (!names.isRoom(piece.name)) return `#${piece.name}`;
      return <NameLink sign="#" name={piece.name} open={() => names.open(piece.name)} />;
    default:
      return piece satisfies never;
  }
}

function NameLink({ sign, name, open }: {
  readonly sign: "@" | "#";
  readonly name: string;
  readonly open: () => void;
}) {
  return <button type="button" class="name-link" onClick={open}>{sign}{name}</button>;
}

function cut(text: string): string {
  let end = 0;
  for (let line = 0; line < linesMax; line++) {
    const next = text.indexOf("\n", end);
    if (next < 0) return text.slice(0, charsMax);
    end = next + 1;
  }
  return text.slice(0, Math.min(end, charsMax));
}
