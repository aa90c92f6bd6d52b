/** The part of @std/fmt that is used; its npm package has no declarations. */
declare module "@std/fmt/colors" {
  type Paint = (text: string) => string;
  export interface Rgb {
    readonly r: number;
    readonly g: number;
    readonly b: number;
  }
  export function setColorEnabled(value: boolean): void;
  export function getColorEnabled(): boolean;
  export function stripAnsiCode(text: string): string;
  export function rgb8(text: string, color: number): string;
  export function bgRgb8(text: string, color: number): string;
  export function rgb24(text: string, color: number | Rgb): string;
  export function bgRgb24(text: string, color: number | Rgb): string;
  export const reset: Paint;
  export const bold: Paint;
  export const dim: Paint;
  export const italic: Paint;
  export const underline: Paint;
  export const inverse: Paint;
  export const strikethrough: Paint;
  export const black: Paint;
  export const red: Paint;
  export const green: Paint;
  export const yellow: Paint;
  export const blue: Paint;
  export const magenta: Paint;
  export const cyan: Paint;
  export const white: Paint;
  export const gray: Paint;
  export const brightRed: Paint;
  export const brightGreen: Paint;
  export const brightYellow: Paint;
  export const brightBlue: Paint;
  export const brightMagenta: Paint;
  export const brightCyan: Paint;
  export const brightWhite: Paint;
  export const bgRed: Paint;
  export const bgGreen: Paint;
  export const bgYellow: Paint;
  export const bgBlue: Paint;
  export const bgMagenta: Paint;
  export const bgCyan: Paint;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    readonly bits?: boolean;
    /** Units of 1024 (KiB) and not of 1000 (kB). */
    readonly binary?: boolean;
    readonly signed?: boolean;
    readonly locale?: boolean | string | readonly string[];
    readonly minimumFractionDigits?: number;
    readonly maximumFractionDigits?: number;
  }
  /** `1337` as "1.34 kB". */
  export function format(bytes: number, options?: FormatOptions): string;
}

declare module "@std/fmt/duration" {
  export interface DurationOptions {
    readonly style?: "narrow" | "full" | "digital";
    readonly ignoreZero?: boolean;
  }
  /** `99674` as "0d 0h 1m 39s 674ms 0µs 0ns". */
  export function format(ms: number, options?: DurationOptions): string;
}
