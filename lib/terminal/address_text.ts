/** A server's place as people write it. */

import { writtenHost } from "../chat_address.ts";
import type { Address } from "../client/tcp.ts";

/** `host:port` */
export function addressText({ host, port }: Address): string {
  return `${writtenHost(host)}:${port}`;
}
