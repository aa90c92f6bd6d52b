/** Finds the words of a language in code, with highlight.js. Pure; runs in a worker. */

import library, { type Emitter } from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { kinds, type Runs } from "./kinds.ts";
import type { Grammar } from "./languages.ts";

const grammars: Readonly<Record<Grammar, typeof bash>> = {
  ...{ bash, c, cpp, csharp, css, diff, go, java, javascript, json, markdown, python, rust },
  ...{ sql, typescript, xml, yaml },
};

/** The library's names for what it finds, by the kinds that are told apart here. */
const scopes: Readonly<Record<string, string>> = {
  keyword: "keyword literal selector-tag name variable.language operator.word",
  type: "type built_in title.class class selector-class selector-id selector-pseudo",
  string: "string regexp char.escape symbol link bullet code selector-attr",
  number: "number",
  comment: "comment doctag quote formula",
  name: "title title.function section",
  attribute: "attr attribute property variable template-variable",
  meta: "meta meta.prompt",
  added: "addition",
  removed: "deletion",
  // What a string has in it that is code again.
  plain: "subst",
};

const kindOf: ReadonlyMap<string, number> = new Map(
  Object.entries(scopes).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kinds.findIndex((each) => each === kind)])
  ),
);

/** The runs of code that stand in one kind, in their order; they are as long as the text. */
export function colour(text: string, grammar: Grammar): Runs {
  const { _emitter: found } = library.highlight(text, { language: grammar, ignoreIllegals: true });
  return found instanceof Finds ? found.runs : [];
}

/** Takes what the library finds: its kind and its length, and never its text. */
class Finds implements Emitter {
  readonly runs: number[] = [];
  /** The kinds of the parts that are open, the innermost last. */
  readonly #open: number[] = [0];

  addText(text: string): void {
    this.#add(this.#open[this.#open.length - 1], text.length);
  }

  openNode(scope: string): void {
    const [first] = scope.split(".");
    // What has no kind of its own looks as what it stands in.
    this.#open.push(kindOf.get(scope) ?? kindOf.get(first) ?? this.#open[this.#open.length - 1]);
  }

  closeNode(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  startScope(scope: string): void {
    this.openNode(scope);
  }

  endScope(): void {
    this.closeNode();
  }

  finalize(): void {
    this.#open.length = 1;
  }

  /** Nothing is made of markup here. */
  toHTML(): string {
    return "";
  }

  __addSublanguage(other: Emitter): void {
    if (!(other instanceof Finds)) return;
    for (let at = 0; at < other.runs.length; at += 2) this.#add(other.runs[at], other.runs[at + 1]);
  }

  #add(kind: number, length: number): void {
    if (length === 0) return;
    const { runs } = this;
    if (runs.at(-2) === kind) runs[runs.length - 1] += length;
    else runs.push(kind, length);
  }
}

library.configure({ __emitter: Finds });
for (const [name, grammar] of Object.entries(grammars)) library.registerLanguage(name, grammar);
