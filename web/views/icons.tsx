/** The page's few pictures, drawn with lines in the colour of the text around them. */

const paths = {
  back: "M8.5 4.5 4 9l4.5 4.5M4.5 9H12a4 4 0 0 1 0 8H9",
  attach:
    "M13.5 6.5 7 13a2.1 2.1 0 0 0 3 3l7-7a3.7 3.7 0 0 0-5.2-5.2l-7 7a5.3 5.3 0 0 0 7.5 7.5L17 13.5",
  check: "m4 10.5 4 4 8-9",
  checks: "m1.5 10.5 4 4 8-9M9 14l.5.5 8-9",
  clock: "M10 5.5V10l3 2M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  close: "m5 5 10 10M15 5 5 15",
  copy: "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5Z",
  down: "M10 3.5v13m-5-5 5 5 5-5",
  download: "M10 3v9.5m-4-4 4 4 4-4M3.5 16.5h13",
  edit: "m12.5 4.5 3 3-8.5 8.5-3.8.8.8-3.8Z",
  file: "M5 2.5h6.5L15.5 6.5v11H5ZM11 2.5V7h4.5",
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13M3 12.5h13",
  help:
    "M7.5 7.8a2.5 2.5 0 1 1 3.6 2.3c-.7.4-1.1.8-1.1 1.7m0 2.6v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  leave: "M8 3.5H3.5v13H8M8 10h9m-3.5-3.5L17 10l-3.5 3.5",
  link: "m8.5 11.5 3-3M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
  library: "M3.5 16.5v-12h5l1.5 2h6.5v10Z",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  people:
    "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 7a5.5 5.5 0 0 1 11 0M13 3.8a3 3 0 0 1 0 5.4m2 2.5a5.5 5.5 0 0 1 3 4.8",
  plus: "M10 4v12M4 10h12",
  reply: "M8 4.5 3.5 9 8 13.5M4 9h7.5a5 5 0 0 1 5 5v1.5",
  search: "m13 13 4 4M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Z",
  send: "M10 16.5v-13m-5 5 5-5 5 5",
  settings: "M3 6h8m4 0h2M3 14h2m4 0h8M11 4v4M9 12v4",
  smile: "M7 12.2a4 4 0 0 0 6 0M7.5 7.8v.1m5-.1v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  transfers: "M6.5 16.5v-13m-3 3 3-3 3 3M13.5 3.5v13m-3-3 3 3 3-3",
  trash: "M4 5.5h12M8 5.5v-2h4v2m-6.5 0 .8 11h7.4l.8-11M8.5 8.5v5m3-5v5",
  warning: "M10 3 2.5 16.5h15ZM10 8v4m0 2.3v.1",
} as const;

/** The name of a picture. */
export type IconName = keyof typeof paths;

/** A picture that says nothing by itself: what it stands for is the label of what it is in. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** A button that is only a picture. */
export function IconButton(
  { name, label, onClick, isPressed, isQuiet, keys }: {
    readonly name: IconName;
    readonly label: string;
    readonly onClick: () => void;
    readonly isPressed?: boolean;
    readonly isQuiet?: boolean;
    /** Keys that do the same, for the tip. */
    readonly keys?: string;
  },
) {
  return (
    <button
      type="button"
      class={isQuiet ? "icon-button quiet" : "icon-button"}
      aria-label={label}
      aria-pressed={isPressed}
      title={keys === undefined ? label : `${label} (${keys})`}
      onClick={onClick}
    >
      <Icon name={name} />
    </button>
  );
}
