/** Who is banned, from the room in front and from the server, for those who may let them in again. */

import { useEffect, useState } from "preact/hooks";
import { type BanList, banText, listBans, type ListedBan } from "../../lib/client/ban_list.ts";
import { mayModerate } from "../../lib/client/may.ts";
import { isAtLeast } from "../../lib/wire/command_row.ts";
import { lobby } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here } from "../model.ts";
import { Said } from "./account.tsx";
import { useAsking } from "./asking.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** The lists that this user may read. */
export function BansView({ model, ui }: PageProps) {
  const here = model.here.value;
  const me = model.me.value;
  const inRoom = here && me && here.key !== lobby && mayModerate(here, me);
  const isStaff = isAtLeast(me?.role ?? "guest", "moderator");
  return (
    <section class="place" aria-label="Bans">
      <PlaceHead title="Who is banned" ui={ui} />
      <div class="place-body settings" tabIndex={0} role="region" aria-label="Bans">
        {inRoom && <Bans key={here.key} model={model} ui={ui} here={here} onServer={false} />}
        {here && isStaff && <Bans model={model} ui={ui} here={here} onServer />}
        {!inRoom && !isStaff && (
          <p class="empty">Only moderators see who is banned: turn to a room of yours first.</p>
        )}
      </div>
    </section>
  );
}

interface BansProps extends PageProps {
  readonly here: Here;
  readonly onServer: boolean;
}

function Bans({ model, here, onServer }: BansProps) {
  const [list, setList] = useState<BanList | undefined>(undefined);
  const asking = useAsking();
  const read = async () => setList(await listBans(model, here, onServer));
  useEffect(() => void asking.ask(read), []);
  const where = onServer ? "the server" : `#${printableLine(here.room)}`;
  const lift = ({ user, address }: ListedBan) =>
    asking.ask(async () => {
      const whom = address === undefined ? { user: user ?? "" } : { address };
      await model.send("unban", { ...whom, ...!onServer && { room: here.room } });
      await read();
    }, `${printableLine(user ?? address ?? "")} may come again`);
  return (
    <section class="group" aria-label={`Banned from ${where}`}>
      <h3>{`Banned from ${where}`}</h3>
      <ul class="account-list">
        {list?.bans.map((ban) => (
          <li key={ban.uid ?? ban.address} class="account-line">
            <span class="file-words">{banText(ban, model.now.peek())}</span>
            <button
              type="button"
              class="button"
              disabled={asking.isBusy}
              onClick={() => void lift(ban)}
            >
              Let in again<span class="hidden">{printableLine(ban.user ?? ban.address ?? "")}</span>
            </button>
          </li>
        ))}
      </ul>
      {list?.bans.length === 0 && <p class="empty">Nobody is.</p>}
      {list?.more && <p class="quiet">There are more.</p>}
      <Said asking={asking} />
    </section>
  );
}
