/** The colours of the page's sheets, computed from their texts as a browser does. */

/** How the page looks. */
export interface Look {
  readonly theme: "light" | "dark";
  readonly contrast: "system" | "high";
  readonly accent: string;
}

/** Red, green and blue, 0 to 1, as a screen shows them. */
export type Rgb = readonly [number, number, number];

/** Custom properties by name, as they are written. */
export type Tokens = ReadonlyMap<string, string>;

interface Rule {
  readonly selector: string;
  readonly at: string;
  readonly properties: readonly (readonly [string, string])[];
}

/** What the sheets say of the root in a look; later ones win. */
export function tokensOf(sheets: readonly string[], look: Look): Tokens {
  return propertiesOf(sheets, look, "");
}

/** The same on an element of one of the groups of names. */
export function nameTokensOf(sheets: readonly string[], look: Look, group: number): Tokens {
  return new Map([
    ...tokensOf(sheets, look),
    ...propertiesOf(sheets, look, '[class*="hue-"]'),
    ...propertiesOf(sheets, look, `.hue-${group}`),
  ]);
}

function propertiesOf(sheets: readonly string[], look: Look, inner: string): Tokens {
  const roots = Object.entries(look).map(([name, value]) => `[data-${name}="${value}"]`);
  const ofRoot = [":root", ...roots];
  const wanted = inner === "" ? ofRoot : [inner, ...ofRoot.map((root) => `${root} ${inner}`)];
  const rules = sheets.flatMap(rulesOf).filter(({ at, selector }) =>
    at === "" && wanted.includes(selector)
  );
  return new Map(rules.flatMap(({ properties }) => properties));
}

/** All rules of a sheet with their custom properties, those inside others behind them. */
function rulesOf(sheet: string): readonly Rule[] {
  const found: Rule[] = [];
  const text = sheet.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/\s+/g, " ");
  const read = (from: number, selector: string, at: string): number => {
    const properties: [string, string][] = [];
    const own = { selector, at, properties };
    found.push(own);
    let start = from;
    for (let index = from; index < text.length; index++) {
      if (text[index] === ";" || text[index] === "}") {
        const [, name, value] = /^\s*(--[\w-]+)\s*:\s*([^]+?)\s*$/.exec(
          text.slice(start, index),
        ) ?? [];
        if (name !== undefined) properties.push([name, value]);
        start = index + 1;
        if (text[index] === "}") return index;
      } else if (text[index] === "{") {
        const head = text.slice(start, index).trim();
        const isAt = head.startsWith("@");
        index = read(index + 1, isAt ? selector : `${selector} ${head}`.trim(), isAt ? head : at);
        start = index + 1;
      }
    }
    return text.length;
  };
  read(0, "", "");
  return found;
}

/**
 * A colour by the name of its property.
 *
 * @throws {Error} where there is none, or a screen can't show it: a browser would show another.
 */
export function colourOf(tokens: Tokens, name: string, { theme }: Look): Rgb {
  const written = tokens.get(name);
  if (written === undefined) throw new Error(`There is no ${name}`);
  const filled = fill(written, tokens);
  const [, light, dark] = /^light-dark\((.+\)|#\w+), (.+\)|#\w+)\)$/.exec(filled) ??
    ["", filled, filled];
  const rgb = rgbOf(theme === "dark" ? dark : light);
  if (rgb === undefined) throw new Error(`${name} isn't known as a colour: ${filled}`);
  if (rgb.some((part) => part < -0.004 || part > 1.004)) {
    throw new Error(`${name} is no colour of a screen: ${filled} is ${rgb}`);
  }
  return rgb;
}

function fill(value: string, tokens: Tokens): string {
  return value.replaceAll(
    /var\((--[\w-]+)\)/g,
    (whole, name) => tokens.has(name) ? fill(tokens.get(name) ?? "", tokens) : whole,
  );
}

function rgbOf(written: string): Rgb | undefined {
  const [, red, green, blue] = /^#(\w\w)(\w\w)(\w\w)$/.exec(written) ?? [];
  if (red !== undefined) {
    const [r, g, b] = [red, green, blue].map((each) => parseInt(each, 16) / 255);
    return [r, g, b];
  }
  const [, light, chroma, hue] = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(written) ?? [];
  return light === undefined ? undefined : fromOklch(Number(light), Number(chroma), Number(hue));
}

/** As CSS Color 4 has it. */
function fromOklch(light: number, chroma: number, hue: number): Rgb {
  const angle = hue / 180 * Math.PI;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const shown = (part: number) =>
    part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
  return [
    shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    shown(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** How far two colours are apart, from 1 to 21, as WCAG 2.2 defines it. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [lightOf(one), lightOf(other)].toSorted((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

function lightOf(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
