/** The headers that files are answered with, and those of requests that ask for a piece. Pure. */

import { shownType } from "../sharing/media_types.ts";
import { thumbnailOf } from "../sharing/pictures.ts";

/** A piece of a file. */
export interface Piece {
  readonly from: number;
  /** Behind its last byte. */
  readonly to: number;
}

/**
 * The piece that `Range` asks for; `undefined` where all of the file is to be sent: for what isn't
 * understood, and for several pieces at once (RFC 9110, 14.2).
 */
export function pieceOf(range: string | undefined, size: number): Piece | "nowhere" | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(range?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "nowhere" : { from: size - length, to: size };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return undefined;
  if (from >= size) return "nowhere";
  return { from, to: last === "" ? size : Math.min(Number(last) + 1, size) };
}

/** Whether a list like that of `If-None-Match` names this one, weakly compared. */
export function namesTag(list: string | undefined, tag: string): boolean {
  if (list === undefined) return false;
  return list.trim() === "*" ||
    list.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}

/** Nothing in a file runs, loads anything or sends anything, wherever it is shown. */
const alone = "default-src 'none'; frame-ancestors 'self'";
/** What browsers need to show what they show by themselves. */
const shownAlone = `${alone}; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'`;

/** What says how a file is to be treated: saved under its name, or shown where that is harmless. */
export function contentHeaders(
  file: { readonly name: string; readonly mime: string },
  wanted: "inline" | "attachment",
): Readonly<Record<string, string>> {
  const type = shownType(file);
  const isShown = wanted === "inline" && type !== undefined;
  // Browsers don't show a PDF in a sandbox; its scripts run apart from every page.
  const sandbox = type === "application/pdf" ? "" : "; sandbox";
  return {
    "content-type": type === "text/plain"
      ? "text/plain; charset=utf-8"
      : type ?? "application/octet-stream",
    "content-disposition": disposition(isShown ? "inline" : "attachment", file.name),
    "content-security-policy": isShown ? shownAlone + sandbox : `${alone}; sandbox`,
    "x-content-type-options": "nosniff",
  };
}

/** The same for a thumbnail: only ever what its bytes are, a picture. */
export function thumbHeaders(bytes: Uint8Array): Readonly<Record<string, string>> {
  return {
    "content-type": thumbnailOf(bytes)?.type ?? "application/octet-stream",
    "content-disposition": "inline",
    "content-security-policy": `${alone}; sandbox`,
    "x-content-type-options": "nosniff",
  };
}

/** With the name as it is, and once more for those who only know ASCII (RFC 6266, RFC 8187). */
function disposition(kind: "inline" | "attachment", name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/gu, "_").replace(/["\\%]/g, "_");
  return `${kind}; filename="${plain}"; filename*=UTF-8''${percent(name)}`;
}

function percent(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/['()*]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
