/** Addresses of machines as texts. A leaf. */

/** An address as people write it: that of an IPv4 peer as such also where it came by IPv6. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Whether only this machine has that address. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "localhost" || plain === "::1" || plain.startsWith("127.");
}

/**
 * What is banned where an address is: the one of IPv4; of IPv6 the network that is one's own, as
 * `2001:db8:1:2::/64`. `undefined` where the text is no address.
 */
export function addressBlock(text: string): string | undefined {
  const plain = plainAddress(text.trim());
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) {
    const parts = plain.split(".").map(Number);
    return parts.every((part) => part <= 255) ? parts.join(".") : undefined;
  }
  const groups = groupsOf(plain.replace(/\/64$/, "").replace(/%.*$/, ""));
  return groups && `${groups.slice(0, 4).join(":")}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly string[] | undefined {
  const url = /^[\da-f:.]+$/i.test(address) ? URL.parse(`http://[${address}]`) : null;
  if (url === null) return undefined;
  const [head, tail] = url.hostname.slice(1, -1).split("::");
  const front = head.split(":").filter((group) => group !== "");
  const back = tail === undefined ? [] : tail.split(":").filter((group) => group !== "");
  return [...front, ...Array(8 - front.length - back.length).fill("0"), ...back];
}
