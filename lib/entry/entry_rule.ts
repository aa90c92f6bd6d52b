/** Who gets in from other machines, as the server was started. */

/** Who gets in from other machines, and what brings them here. */
export interface EntryRule {
  /** Whether nobody needs an invitation. */
  readonly isOpen: boolean;
  /** What people are given who are invited. */
  linksOf(code: string): Links;
}

/** What an invitation is handed on as. */
export interface Links {
  /** The page's; empty where the server has none. */
  readonly url: string;
  /** What a terminal client is given. */
  readonly address: string;
}

/** That whoever reaches the server gets in. */
export const everybody: EntryRule = {
  isOpen: true,
  linksOf: (code) => ({ url: "", address: code }),
};
