/** What the word at the cursor may become, above where one writes. */

import { printableLine } from "../../lib/printable.ts";
import type { Suggestion, Suggestions } from "../text/suggest.ts";

/** A list to choose from with the arrows, Tab or Enter. */
export function SuggestionList({ id, found, chosen, onChoose }: {
  readonly id: string;
  readonly found: Suggestions;
  readonly chosen: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}) {
  return (
    <ul id={id} class="suggestions" role="listbox" aria-label="Suggestions">
      {found.all.map((each, index) => (
        <li
          key={each.insert}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // The field keeps the cursor.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(each)}
        >
          <span>{printableLine(each.label)}</span>
          {each.detail !== undefined && <span class="quiet">{each.detail}</span>}
        </li>
      ))}
    </ul>
  );
}
