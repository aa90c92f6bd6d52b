/** Run in a server's process before it: faults that whoever tries it with everything has to notice. */

import { handlers } from "../../lib/peer/commands.ts";
import { Core } from "../../lib/core.ts";
import { sayRoute } from "../../lib/net/say_route.ts";

/** As much, soon: of several nodes each gets few of the peers. */
const keptMax = 8;
const keptBytes = 32 * 1024 * 1024;
const kept: Uint8Array[] = [];
const { admit, dismiss } = Core.prototype;
let gone = 0;

Object.assign(handlers, {
  typing() {
    throw new TypeError("planted in a handler");
  },
});
Object.assign(sayRoute, {
  run: () => Promise.reject(new TypeError("planted in a route")),
});
Core.prototype.admit = function (peer) {
  if (kept.length < keptMax) kept.push(new Uint8Array(keptBytes).fill(1));
  admit.call(this, peer);
};
Core.prototype.dismiss = function (peer) {
  if (++gone % 5 > 0) dismiss.call(this, peer);
};
