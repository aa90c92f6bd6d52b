/** What kind of file something is, at a glance. */

import { Icon } from "./icons.tsx";

/** The end of its name, or a sheet of paper. */
export function FileBadge({ name }: { readonly name: string }) {
  const extension = extensionOf(name);
  return (
    <span class="file-badge" aria-hidden="true">
      {extension === "" ? <Icon name="file" /> : extension}
    </span>
  );
}

/** The end of a file's name, for those that have no picture: `pdf`, `tar`. */
export function extensionOf(name: string): string {
  const [, end = ""] = /\.([\p{L}\p{N}]{1,4})$/u.exec(name) ?? [];
  return end.toLowerCase();
}
