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

/** The one way to write an address that can be written in many; `undefined` where it is none. */
export function canonicalAddress(text: string): string | undefined {
  const plain = plainAddress(text);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) {
    const parts = plain.split(".").map(Number);
    return parts.every((part) => part <= 255) ? parts.join(".") : undefined;
  }
  if (!/^[\da-f:.]{2,45}$/i.test(plain) || !plain.includes(":")) return undefined;
  const address = URL.parse(`http://[${plain}]/`)?.hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address ?? "") ?? [];
  if (high === undefined) return address;
  return [high, low].map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]).join(".");
}

/**
 * What is banned where an address is: the one of IPv4; of IPv6 the network that is one's own, as
 * `2001:db8:1:2::/64`. `undefined` where the text is no address.
 */
export function addressBlock(text: string): string | undefined {
  const whole = text.trim();
  // Which of its own networks a machine means (`%eth0`) is nothing to others.
  const address = canonicalAddress(whole.includes(":") ? whole.replace(/(\/64|%.*)$/, "") : whole);
  return address?.includes(":") ? `${groupsOf(address).slice(0, 4).join(":")}::/64` : address;
}

/**
 * Under what is counted what comes from an address: the part of it that one customer has, as
 * {@linkcode addressBlock} gives it. What is no address stands for itself.
 */
export function networkOf(address: string): string {
  return addressBlock(address) ?? address;
}

/** The eight groups of an IPv6 address that is canonical. */
function groupsOf(address: string): readonly string[] {
  const [front, back = []] = address.split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  return [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back];
}
