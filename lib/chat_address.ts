/**
 * Where a server's chat port is, as it is printed and typed:
 * `parleys://HOST:PORT/INVITATION#FINGERPRINT`. A leaf.
 */

import { readFingerprint } from "./fingerprint.ts";

/** All that one line says. */
export interface ChatAddress {
  readonly host: string;
  readonly port: number;
  /** Whether it has to be encrypted: `parleys` where it does, `parley` where it doesn't. */
  readonly isTls: boolean;
  /** Of the server's key, as fingerprint.ts writes it; only with TLS. */
  readonly fingerprint?: string;
  /** The code of an invitation. */
  readonly invite?: string;
}

/** The port where none is said. */
export const usualPort = 5000;

/** A host as it stands before a port. */
export function writtenHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** As {@linkcode readAddress} takes it. */
export function writeAddress({ host, port, isTls, fingerprint, invite }: ChatAddress): string {
  const at = port === usualPort ? "" : `:${port}`;
  const path = invite === undefined ? "" : `/${invite}`;
  const key = fingerprint === undefined ? "" : `#${fingerprint}`;
  return `${isTls ? "parleys" : "parley"}://${writtenHost(host)}${at}${path}${key}`;
}

/** Whether it is meant to be an address with all that belongs to it. */
export function isAddress(text: string): boolean {
  return /^parleys?:\/\//i.test(text);
}

/** What an address says; else one sentence, without a full stop, about what is wrong. */
export function readAddress(text: string): ChatAddress | string {
  const form = /^(parleys?):\/\/(\[[^\]]*\]|[^[\]:/#]*)(?::(\d*))?(?:\/([^/#]*))?(?:#(.*))?$/i;
  const [, scheme, host, port, invite, key] = form.exec(text) ?? [];
  const shape = "it must be like parleys://HOST:PORT/INVITATION#FINGERPRINT";
  if (scheme === undefined || host === undefined || host === "") {
    return `Cannot take "${text}" for an address: ${shape}`;
  }
  const number = port === undefined || port === "" ? usualPort : Number(port);
  if (number < 1 || number > 65_535) {
    return `Cannot take the port of "${text}": it must be a number from 1 to 65535`;
  }
  const isTls = scheme.toLowerCase() === "parleys";
  const fingerprint = key === undefined || key === "" ? undefined : readFingerprint(key);
  if (key !== undefined && key !== "" && fingerprint === undefined) {
    return `Cannot take the fingerprint "${key}": it has 20 letters and digits, like ` +
      "7k3v-92mq-x8pd-4wzn-a0bc; copy the whole address";
  }
  if (fingerprint !== undefined && !isTls) {
    return "Cannot take a fingerprint without TLS: the address has to begin with parleys://";
  }
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: number,
    isTls,
    ...fingerprint === undefined ? {} : { fingerprint },
    ...invite === undefined || invite === "" ? {} : { invite },
  };
}
