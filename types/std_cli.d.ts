/** The part of @std/cli that is used; its npm package has no declarations. */
declare module "@std/cli/parse-args" {
  /** What became of the arguments: flags by name, and positionals under `_`. */
  export interface Parsed {
    readonly _: readonly (string | number)[];
    readonly [flag: string]: unknown;
  }
  export interface ParseOptions {
    readonly "--"?: boolean;
    readonly alias?: Readonly<Record<string, string | readonly string[]>>;
    readonly boolean?: boolean | string | readonly string[];
    readonly default?: Readonly<Record<string, unknown>>;
    readonly string?: string | readonly string[];
    readonly collect?: string | readonly string[];
    readonly negatable?: string | readonly string[];
    readonly stopEarly?: boolean;
    /** Called for a flag that isn't declared, and for every positional (without `key`). */
    readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseOptions): Parsed;
}
