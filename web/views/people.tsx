/** Who is here: in a room its members, in the lobby everybody. */

import type { ComponentChild } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { KnownUser } from "../../lib/client/state.ts";
import type { Person as Member } from "../../lib/events.ts";
import { type NameKey, nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import { type Entry, onlineCount, Roster } from "../list/roster.ts";
import type { Rules } from "../../lib/moderation/rules.ts";
import type { Model } from "../model.ts";
import { roleWords } from "../role_words.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icons.tsx";
import { memo } from "./memo.tsx";
import { moderatesHere } from "./person_sheet.tsx";
import { presenceIn } from "./presence.ts";
import { WideRows } from "./wide_rows.tsx";
import { type PageProps, wideQuery } from "./ui.ts";

/** From so many on there is a field to look for a name. */
const searchMin = 12;

/** The column at the right. */
export function People({ model, ui }: PageProps) {
  const [word, setWord] = useState("");
  const all = usePeople(model);
  const wanted = nameKey(word.trim());
  const found = useMemo(
    () => wanted === "" ? all : all.filter(({ user }) => nameKey(user).includes(wanted)),
    [all, wanted],
  );
  const online = onlineCount(found);
  const here = useMemo(() => found.slice(0, online), [found]);
  const gone = useMemo(() => found.slice(online), [found]);
  const me = nameKey(model.me.value?.user ?? "");
  const ignored = model.ignored.value;
  const roles = model.here.value?.rules.roles;
  const show = (person: KnownUser, tabIndex: number) => (
    <Person
      person={person}
      isMe={nameKey(person.user) === me}
      isHidden={person.uid !== undefined && ignored.has(person.uid)}
      mark={markOf(person, roles)}
      isModerated={person.uid !== undefined && moderatesHere(model, { ...person, uid: person.uid })}
      tabIndex={tabIndex}
      model={model}
      ui={ui}
    />
  );
  return (
    <aside class="people" aria-label="Who is here">
      <div class="list-head">
        <h2>{model.here.value?.members === undefined ? "Everybody" : "Members"}</h2>
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
      <div class="people-lists" data-scrolls>
        <PeopleList title="Here" people={here} show={show} />
        <PeopleList title="Gone" people={gone} show={show} />
        {found.length === 0 && wanted !== "" && <p class="quiet">Nobody is called so</p>}
      </div>
    </aside>
  );
}

function PeopleList({ title, people, show }: {
  readonly title: string;
  readonly people: readonly KnownUser[];
  readonly show: (person: KnownUser, tabIndex: number) => ComponentChild;
}) {
  if (people.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <span class="quiet">{people.length}</span>
      </h3>
      <WideRows items={people} keyOf={({ user }) => user} row={show} label={title} />
    </section>
  );
}

interface PersonProps extends PageProps {
  readonly person: KnownUser;
  readonly isMe: boolean;
  readonly isHidden: boolean;
  /** What they may do here, where that is worth a mark. */
  readonly mark: string | undefined;
  readonly isModerated: boolean;
  readonly tabIndex: number;
}

function markOf({ uid, role }: KnownUser, roles: Rules["roles"] | undefined): string | undefined {
  const here = uid === undefined ? undefined : roles?.get(uid);
  const shown = role === "owner" ? role : here ?? role;
  return shown && roleWords[shown].mark;
}

const Person = memo((props: PersonProps) => {
  const { person, isMe, isHidden, mark, isModerated, tabIndex, model, ui } = props;
  const { user, uid, away } = person;
  const name = printableLine(user);
  const words = (
    <>
      <Avatar name={user} presence={presenceIn(person)} />
      <span class="person-words">
        <span class="person-name">
          {isMe ? `${name} (you)` : name}
          {mark !== undefined && <span class="quiet">{` · ${mark}`}</span>}
        </span>
        {away !== undefined && <span class="quiet">{printableLine(away)}</span>}
        {isHidden && <span class="quiet">hidden</span>}
      </span>
    </>
  );
  if (isMe) return <div class="person">{words}</div>;
  return (
    <div class="person">
      <button
        type="button"
        class="person-open"
        title={`Write to ${name} only`}
        tabIndex={tabIndex}
        onClick={() => {
          model.open(`@${user}`);
          if (!matchMedia(wideQuery).matches) ui.isPeopleOpen.value = false;
        }}
      >
        {words}
      </button>
      {uid !== undefined && (
        <span class="person-buttons">
          {isModerated && (
            <button
              type="button"
              class="link-button person-hide"
              tabIndex={tabIndex}
              onClick={() => ui.person.value = { user, uid }}
            >
              Moderate<span class="hidden">{name}</span>
            </button>
          )}
          <button
            type="button"
            class="link-button person-hide"
            tabIndex={tabIndex}
            onClick={() => model.ignore({ user, uid })}
          >
            {isHidden ? "Show" : "Hide"}
            <span class="hidden">what {name} says</span>
          </button>
        </span>
      )}
    </div>
  );
});

/** Those of the conversation in front, each as they are now; those who are here first. */
function usePeople(model: Model): readonly KnownUser[] {
  const here = model.here.value;
  const users = model.users.value;
  const roster = useMemo(() => new Roster(), [here?.key]);
  const entries = useRef(new WeakMap<Member, MemberKept>());
  const members = here?.members;
  return useMemo(() => {
    if (members === undefined) return roster.take(users);
    return roster.take(members.map((member) => entryOf(member, users, entries.current)));
  }, [roster, members, users]);
}

/** A member as they are now. Who isn't known stays the same object as long as the member does. */
function entryOf(
  member: Member,
  users: ReadonlyMap<NameKey, KnownUser>,
  kept: WeakMap<Member, MemberKept>,
): Entry {
  const before = kept.get(member);
  const { key, unknown } = before ??
    { key: nameKey(member.user), unknown: { ...member, online: false } };
  if (before === undefined) kept.set(member, { key, unknown });
  return [member.uid, users.get(key) ?? unknown];
}

/** What is made of a member once. */
interface MemberKept {
  readonly key: NameKey;
  /** As somebody of whom nothing else was told. */
  readonly unknown: KnownUser;
}
