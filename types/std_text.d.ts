/** The parts of @std/jsonc, path, streams and text that are used; npm has no declarations. */
declare module "@std/jsonc" {
  /** @throws {SyntaxError} Where `text` isn't JSON with comments. */
  export function parse(text: string): unknown;
}

declare module "@std/path" {
  export const SEPARATOR: string;
  export const DELIMITER: string;
  export interface ParsedPath {
    readonly root: string;
    readonly dir: string;
    readonly base: string;
    readonly ext: string;
    readonly name: string;
  }
  export function basename(path: string | URL, suffix?: string): string;
  export function dirname(path: string | URL): string;
  export function extname(path: string | URL): string;
  export function fromFileUrl(url: string | URL): string;
  export function toFileUrl(path: string): URL;
  export function isAbsolute(path: string): boolean;
  export function join(path: string | URL, ...paths: string[]): string;
  export function normalize(path: string | URL): string;
  export function parse(path: string): ParsedPath;
  export function relative(from: string, to: string): string;
  export function resolve(...paths: string[]): string;
  export function globToRegExp(glob: string): RegExp;
}

declare module "@std/streams" {
  type Bytes = Uint8Array<ArrayBuffer>;
  /** Text by lines, without their ends. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { readonly allowCR?: boolean });
  }
  /** Fails, or ends, after `size` bytes. */
  export class LimitedBytesTransformStream extends TransformStream<Bytes, Bytes> {
    constructor(size: number, options?: { readonly error?: boolean });
  }
  export function toText(stream: ReadableStream<Uint8Array | string>): Promise<string>;
  export function toBytes(stream: ReadableStream<Uint8Array>): Promise<Bytes>;
  export function mergeReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;
}

declare module "@std/text" {
  /** Which of `possible` is written most like `word`. */
  export function closestString(
    word: string,
    possible: readonly string[],
    options?: { readonly caseSensitive?: boolean },
  ): string;
  /** How many letters to change, add or take away to make `one` of `other`. */
  export function levenshteinDistance(one: string, other: string): number;
  export function toKebabCase(text: string): string;
  export function toSnakeCase(text: string): string;
}
