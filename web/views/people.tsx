/** Who is here: in a room its members, in the lobby everybody. */

import { useMemo, useState } from "preact/hooks";
import type { KnownUser } from "../../lib/client/state.ts";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here } from "../model.ts";
import { hereFirst } from "../snapshots.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icons.tsx";
import { presenceIn } from "./presence.ts";
import { type PageProps, wideQuery } from "./ui.ts";

/** More than these are counted; looking for a name finds the others. */
const shownMax = 150;
/** From so many on there is a field to look for a name. */
const searchMin = 12;

/** The column at the right. */
export function People({ model, ui }: PageProps) {
  const [word, setWord] = useState("");
  const here = model.here.value;
  const users = model.users.value;
  const all = useMemo(() => peopleOf(here, users), [here?.members, here?.with, here?.key, users]);
  const wanted = nameKey(word.trim());
  const found = wanted === "" ? all : all.filter(({ user }) => nameKey(user).includes(wanted));
  const online = found.filter((each) => each.online);
  const gone = found.filter((each) => !each.online);
  const shownGone = gone.slice(0, Math.max(0, shownMax - online.length));
  const hidden = found.length - Math.min(online.length, shownMax) - shownGone.length;
  return (
    <aside class="people" aria-label="Who is here">
      <div class="list-head">
        <h2>{here?.members === undefined ? "Everybody" : "Members"}</h2>
        <IconButton
          name="close"
          label="Close who is here"
          isQuiet
          onClick={() => ui.isPeopleOpen.value = false}
        />
      </div>
      {all.length >= searchMin && (
        <input
          type="search"
          class="field"
          placeholder="Find somebody"
          aria-label="Find somebody"
          value={word}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
      )}
      <div class="people-lists">
        <PeopleList
          title="Here"
          people={online.slice(0, shownMax)}
          count={online.length}
          model={model}
          ui={ui}
        />
        <PeopleList title="Gone" people={shownGone} count={gone.length} model={model} ui={ui} />
        {hidden > 0 && <p class="quiet">and {hidden} more</p>}
      </div>
    </aside>
  );
}

function PeopleList({ title, people, count, model, ui }: PageProps & {
  readonly title: string;
  readonly people: readonly KnownUser[];
  readonly count: number;
}) {
  if (count === 0) return null;
  const me = nameKey(model.me.value?.user ?? "");
  return (
    <section>
      <h3>
        {title} <span class="quiet">{count}</span>
      </h3>
      <ul>
        {people.map((each) => {
          const isMe = nameKey(each.user) === me;
          return <Person key={each.user} person={each} isMe={isMe} model={model} ui={ui} />;
        })}
      </ul>
    </section>
  );
}

function Person({ person, isMe, model, ui }: PageProps & {
  readonly person: KnownUser;
  readonly isMe: boolean;
}) {
  const { user, uid, away } = person;
  const name = printableLine(user);
  const isHidden = uid !== undefined && model.ignored.value.has(uid);
  const words = (
    <>
      <Avatar name={user} presence={presenceIn(person)} />
      <span class="person-words">
        <span class="person-name">{isMe ? `${name} (you)` : name}</span>
        {away !== undefined && <span class="quiet">{printableLine(away)}</span>}
        {isHidden && <span class="quiet">hidden</span>}
      </span>
    </>
  );
  if (isMe) return <li class="person">{words}</li>;
  return (
    <li class="person">
      <button
        type="button"
        class="person-open"
        title={`Write to ${name} only`}
        onClick={() => {
          model.open(`@${user}`);
          if (!matchMedia(wideQuery).matches) ui.isPeopleOpen.value = false;
        }}
      >
        {words}
      </button>
      {uid !== undefined && (
        <button
          type="button"
          class="link-button person-hide"
          onClick={() => model.ignore({ user, uid })}
        >
          {isHidden ? "Show" : "Hide"}
          <span class="hidden">what {name} says</span>
        </button>
      )}
    </li>
  );
}

/** Those of a conversation, each as they are now; those who are here first, then by name. */
function peopleOf(here: Here | undefined, users: readonly KnownUser[]): readonly KnownUser[] {
  if (here?.members === undefined) return users;
  const known = new Map(users.map((each) => [nameKey(each.user), each]));
  return here.members
    .map(({ user, uid }) => known.get(nameKey(user)) ?? { user, uid, online: false })
    .sort(hereFirst);
}
