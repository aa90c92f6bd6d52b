/** What stands above the oldest message that is here. */

import { printableLine } from "../../lib/printable.ts";
import type { Here } from "../model.ts";

/** Whether older ones are coming, or where it all began. */
export function ListEdge({ here, isLobby }: { readonly here: Here; readonly isLobby: boolean }) {
  if (here.older) return <p class="edge">Older messages are coming</p>;
  const name = printableLine(here.room);
  if (here.with !== undefined) {
    return (
      <div class="edge begin">
        <h2>{name}</h2>
        <p>Only you and {name.replace(/^@/, "")} see what is said here.</p>
      </div>
    );
  }
  return (
    <div class="edge begin">
      <h2>#{name}</h2>
      <p>
        {isLobby
          ? "Everybody on this server is here. This is where it begins."
          : "This is where the room begins."}
      </p>
    </div>
  );
}
