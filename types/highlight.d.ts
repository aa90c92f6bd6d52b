/** What is used of highlight.js, whose own declarations leave these modules out. */

declare module "highlight.js/lib/core" {
  /** The grammar of a language. */
  export type Grammar = (library: unknown) => unknown;

  /** Takes what is found in a text, in its order. */
  export interface Emitter {
    addText(text: string): void;
    openNode(scope: string): void;
    closeNode(): void;
    startScope(scope: string): void;
    endScope(): void;
    finalize(): void;
    toHTML(): string;
    /** Takes what was found in a part that is in another language. */
    __addSublanguage(other: Emitter, language: string): void;
  }

  const library: {
    registerLanguage(name: string, grammar: Grammar): void;
    configure(options: { readonly __emitter: new () => Emitter }): void;
    highlight(
      text: string,
      options: { readonly language: string; readonly ignoreIllegals: boolean },
    ): { readonly _emitter: Emitter };
  };
  export default library;
}

declare module "highlight.js/lib/languages/*" {
  const grammar: import("highlight.js/lib/core").Grammar;
  export default grammar;
}
