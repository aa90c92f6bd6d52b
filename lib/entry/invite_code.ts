/** What an invitation looks like: a code that people read out, type and scan. A leaf. */

/** Digits and letters that nobody takes for one another: no 0 and o, no 1, i and l, no u and v. */
const alphabet = "23456789abcdefghjkmnpqrstvwxyz";
/** So many of them hold 88 bits of chance. */
const codeChars = 18;
const groupChars = 6;
/** The highest multiple of the alphabet's length that a byte can be below. */
const byteMax = 256 - 256 % alphabet.length;

/** A new code, in three groups: `k7mp2x-wd34fg-hj56mn`. */
export function inviteCode(): string {
  let plain = "";
  while (plain.length < codeChars) {
    const bytes = crypto.getRandomValues(new Uint8Array(codeChars));
    // A byte over the bound would make the first characters likelier than the others.
    const fair = [...bytes].filter((byte) => byte < byteMax);
    plain += fair.map((byte) => alphabet[byte % alphabet.length]).join("");
  }
  return grouped(plain.slice(0, codeChars));
}

/** The code that somebody means who typed `text`, as one word; `undefined` where it can be none. */
export function plainCode(text: string): string | undefined {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, "");
  const isCode = plain.length === codeChars && [...plain].every((char) => alphabet.includes(char));
  return isCode ? plain : undefined;
}

function grouped(plain: string): string {
  const count = Math.ceil(plain.length / groupChars);
  const groups = Array.from({ length: count }, (_, index) => {
    return plain.slice(index * groupChars, (index + 1) * groupChars);
  });
  return groups.join("-");
}
