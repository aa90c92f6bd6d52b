/** Which of the links that people write may be followed. Pure. */

const schemes = new Set(["http:", "https:", "mailto:"]);
/** Longer ones are shown as the text that they are. */
const linkCharsMax = 2000;

/**
 * Where a link leads, as it may stand in `href`; `undefined` for what isn't the address of a page
 * or of somebody's mail, or has a name and password before the host, which mostly hide the host.
 */
export function safeLink(written: string): string | undefined {
  if (written.length > linkCharsMax || !URL.canParse(written)) return undefined;
  const { href, protocol, username, password } = new URL(written);
  const isPlain = username === "" && password === "";
  return schemes.has(protocol) && isPlain ? href : undefined;
}

/** One character more than a link may have: where it is that long, it isn't one. */
const start = /(?:https?:\/\/|mailto:(?=[^\s<>"`@]{1,200}@))[^\s<>"`]{1,2001}/iy;

/** The address that begins at `at`, without what ends the sentence around it. */
export function linkAt(text: string, at: number): string | undefined {
  start.lastIndex = at;
  const found = start.exec(text)?.[0];
  if (found === undefined || found.length > linkCharsMax) return undefined;
  const link = withoutEnd(found);
  return safeLink(link) === undefined ? undefined : link;
}

function withoutEnd(link: string): string {
  let end = link.length;
  let open = 0;
  for (const char of link) open += char === "(" ? 1 : char === ")" ? -1 : 0;
  for (; end > 0; end--) {
    const last = link[end - 1];
    if (last === ")" && open < 0) open++;
    else if (!/[.,;:!?'*_~\]]/.test(last)) break;
  }
  return link.slice(0, end);
}
