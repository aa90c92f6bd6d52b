/** Run in a server's process before it: faults that whoever tries it with everything has to notice. */

import { handlers } from "../../lib/commands.ts";
import { Core } from "../../lib/core.ts";
import { sayRoute } from "../../lib/net/say_route.ts";

const kept: Uint8Array[] = [];
const { users } = handlers;
const { dismiss } = Core.prototype;
let gone = 0;

Object.assign(handlers, {
  typing() {
    throw new TypeError("planted in a handler");
  },
  users(...given: Parameters<typeof users>) {
    if (kept.length < 12) kept.push(new Uint8Array(32 * 1024 * 1024).fill(1));
    return users(...given);
  },
});
Object.assign(sayRoute, {
  run: () => Promise.reject(new TypeError("planted in a route")),
});
Core.prototype.dismiss = function (peer) {
  if (++gone % 5 > 0) dismiss.call(this, peer);
};
