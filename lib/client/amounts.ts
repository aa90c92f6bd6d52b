/** Bytes and seconds, for people. Pure. */

import { format } from "@std/fmt/bytes";

/** Bytes for people: `1.3 MB`. */
export function sizeText(bytes: number): string {
  return format(bytes, { maximumFractionDigits: bytes < 1e6 ? 0 : 1 });
}

/** Seconds for people: `12 s`, `3:05`, `1:00:00`. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => index === 0 ? `${part}` : `${part}`.padStart(2, "0")).join(":");
}
