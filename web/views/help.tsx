/** What one can type, and which keys do what. */

import { alsoOf, rowOf, slashNames, usageOf } from "../../lib/client/slash.ts";
import { keyGroups } from "./page_keys.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

const dress: readonly (readonly [string, string])[] = [
  ["**bold**", "bold"],
  ["*slanted* or _slanted_", "slanted"],
  ["~~struck~~", "struck out"],
  ["`code`", "code; three backticks before and after it for several lines"],
  ["```python", "the same in colours, for many languages"],
  ["> text", "a quote"],
  ["- text, 1. text", "a list"],
  ["- [ ] text, - [x] text", "a task to do, and one that is done"],
  ["||text||", "a spoiler: hidden on pages until somebody asks for it; terminals show it"],
  ["a | b, then --- | ---", "a table, with a row on each line below"],
  [":tada:", "an emoji by its name"],
];

/** The table of commands, the keys, and how text is dressed. */
export function HelpView({ ui }: PageProps) {
  return (
    <section class="place" aria-label="Help">
      <PlaceHead title="Help" ui={ui} />
      <div class="place-body help" tabIndex={0} role="region" aria-label="Commands and keys">
        {keyGroups.map(({ title, keys }) => (
          <Table key={title} title={title} rows={keys.map(({ keys, what }) => [keys, what])} />
        ))}
        <Table title="Text" rows={dress} />
        <Table
          title="Commands"
          rows={slashNames.map((name) => {
            const also = alsoOf(name).map((each) => `/${each}`).join(", ");
            const { help } = rowOf(name);
            return [usageOf(name), also === "" ? help : `${help} (also ${also})`];
          })}
        />
      </div>
    </section>
  );
}

function Table({ title, rows }: {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <section class="group">
      <h3>{title}</h3>
      <dl>
        {rows.map(([term, what]) => (
          <div key={term}>
            <dt>
              <code>{term}</code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
