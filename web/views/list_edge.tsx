/** What stands above the oldest message that is here. */

import { printableLine } from "../../lib/printable.ts";
import type { Here } from "../model.ts";

/** Whether older ones are coming, or where it all began. */
export function ListEdge({ here, isLobby, onShow }: {
  readonly here: Here;
  readonly isLobby: boolean;
  /** Shows again what was cleared away. */
  readonly onShow: () => void;
}) {
  if (here.isCleared) {
    return (
      <p class="edge">
        What was said before is out of sight.{" "}
        <button type="button" class="link-button" onClick={onShow}>Show it again</button>
      </p>
    );
  }
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
          ? "Everybody on this server is here. This is where it begins: say hello, or drop a file."
          : "This is where the room begins. Say what it is for, and who should come."}
      </p>
    </div>
  );
}
