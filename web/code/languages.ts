/** The languages that code is coloured in, by the names that people write behind a fence. Pure. */

/** A language whose words are known. */
export interface Language {
  /** What its grammar is called. */
  readonly grammar: Grammar;
  /** What people call it. */
  readonly name: string;
}

/** Each grammar with the language's name, and the other names that it has behind a fence. */
const languages = {
  bash: ["Shell", "sh shell zsh console terminal"],
  c: ["C", "h"],
  cpp: ["C++", "c++ cc cxx hpp arduino ino"],
  csharp: ["C#", "c# cs"],
  css: ["CSS", ""],
  diff: ["Diff", "patch"],
  go: ["Go", "golang"],
  java: ["Java", ""],
  javascript: ["JavaScript", "js jsx mjs cjs node"],
  json: ["JSON", "jsonc json5"],
  markdown: ["Markdown", "md"],
  python: ["Python", "py python3 py3"],
  rust: ["Rust", "rs"],
  sql: ["SQL", "sqlite postgres postgresql mysql"],
  typescript: ["TypeScript", "ts tsx mts cts"],
  xml: ["XML", "svg xsd"],
  yaml: ["YAML", "yml"],
} as const;

/** A grammar's name. */
export type Grammar = keyof typeof languages;

/** All grammars. */
export const grammars = Object.keys(languages) as readonly Grammar[];

const byName: ReadonlyMap<string, Language> = new Map<string, Language>([
  ...grammars.flatMap((grammar) => {
    const [name, others] = languages[grammar];
    return [grammar, ...others.split(" ")].map((each) => [each, { grammar, name }] as const);
  }),
  // Its grammar is that of XML.
  ...["html", "htm", "vue"].map((each) => [each, { grammar: "xml", name: "HTML" }] as const),
]);

/** The language that is called so behind a fence, in any case; `undefined` for others. */
export function languageOf(written: string): Language | undefined {
  return byName.get(written.toLowerCase());
}
