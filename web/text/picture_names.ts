/** Names for pictures and films that come without one: out of a camera, or pasted. Pure. */

/** What browsers call what has no name. */
const nameless = /^(image|video|photo|blob|unknown|capturedImage)?(\.\w{1,5})?$/i;
const endings: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "video/quicktime": "mov",
};

/** The name that a file is sent under: `picture 2026-11-21 14.03.jpg` where it says nothing. */
export function namedAt(
  { name, type }: { readonly name: string; readonly type: string },
  at: Date,
): string {
  const [kind, form = ""] = type.split(";", 1)[0].split("/");
  if (!nameless.test(name) || (kind !== "image" && kind !== "video")) return name;
  const two = (value: number) => `${value}`.padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const time = `${two(at.getHours())}.${two(at.getMinutes())}`;
  const ending = endings[`${kind}/${form}`] ?? form.replace(/\W.*/, "");
  return `${kind === "image" ? "picture" : "film"} ${day} ${time}.${ending}`;
}
