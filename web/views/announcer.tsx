/** What a screen reader is told of without being asked: one line for what happens, one for troubles. */

import { effect, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isUnderWay } from "../../lib/client/transfer_state.ts";
import { sizeText } from "../../lib/client/amounts.ts";
import { actionIn } from "../../lib/client/doing.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { Announcing, type Heard } from "../alerts/announcing.ts";
import type { Here, Model } from "../model.ts";
import { gist } from "../text/gist.ts";

/** Read of a message; who wants all of it goes to it. */
const textChars = 200;

interface Said {
  readonly text: string;
  /** Another one each time: a sentence that is said twice is read twice. */
  readonly turn: number;
}

/** Lines out of sight. What the page shows is not read again: these say it once. */
export function Announcer({ model }: { readonly model: Model }) {
  const [said, setSaid] = useState<Said>({ text: "", turn: 0 });
  useEffect(() => {
    const announcing = new Announcing({
      clock: systemClock(),
      say: (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 })),
    });
    const stops = [
      watchMessages(model, announcing),
      watchOthers(model, announcing),
      watchFiles(model, announcing),
      watchConnection(model, announcing),
    ];
    return () => {
      for (const stop of stops) stop();
      announcing.forget();
    };
  }, [model]);
  return (
    <div class="hidden" role="status" aria-atomic="true">
      {said.text !== "" && <p key={said.turn}>{said.text}</p>}
    </div>
  );
}

/** What others say in the conversation in front: not what was said before one came to it. */
function watchMessages(model: Model, announcing: Announcing): () => void {
  let key: string | undefined;
  let seq = 0;
  return effect(() => {
    const here = model.here.value;
    if (here === undefined) return;
    if (here.key !== key) announcing.forget();
    // A conversation that wasn't known at all isn't news either.
    const isNews = here.key === key && seq > 0;
    const uid = untracked(() => model.me.value?.uid);
    if (isNews) announcing.take(heardSince(here, seq, uid));
    key = here.key;
    seq = Math.max(isNews ? seq : 0, here.seq);
  });
}

function heardSince({ messages }: Here, seq: number, uid: string | undefined): Heard[] {
  const heard: Heard[] = [];
  for (let at = messages.length - 1; at >= 0 && messages[at].seq > seq; at--) {
    const event = messages[at];
    const sentence = event.uid === uid ? undefined : sentenceOf(event);
    if (sentence !== undefined) heard.unshift({ who: printableLine(event.user), sentence });
  }
  return heard;
}

function sentenceOf(event: StoredEvent): string | undefined {
  const user = printableLine(event.user);
  if (event.t === "shared") return `${user} shared ${printableLine(event.file.name)}`;
  if (event.t !== "said" || event.text === undefined) return undefined;
  const done = actionIn(event.text);
  const text = done ?? event.text;
  const words = gist(printable(text.slice(0, textChars)), text.length > textChars);
  return done === undefined ? `${user}: ${words}` : `${user} ${words}`;
}

/** What is said to this user where they don't look. */
function watchOthers(model: Model, announcing: Announcing): () => void {
  let known: ReadonlyMap<string, number> | undefined;
  return effect(() => {
    const rows = model.rows.value;
    const calls = new Map(
      rows.map((row) => [row.key, row.with === undefined ? row.mentions : row.unread]),
    );
    const before = known;
    known = calls;
    if (before === undefined) return;
    announcing.take(rows.flatMap(({ key, room, with: other, isHere }) => {
      const isNews = !isHere && (calls.get(key) ?? 0) > (before.get(key) ?? Infinity);
      if (!isNews) return [];
      const name = printableLine(room);
      if (other === undefined) return [{ who: name, sentence: `You are named in ${name}` }];
      return [{ who: name.slice(1), sentence: `${name.slice(1)} wrote to you` }];
    }));
  });
}

/** Files that somebody sends to this user, and those that have arrived. */
function watchFiles(model: Model, announcing: Announcing): () => void {
  const asked = new Set<string>(model.asked.peek().map(({ file }) => file));
  let moving = new Set<number>();
  const stopAsked = effect(() => {
    const fresh = model.asked.value.filter(({ file }) => !asked.has(file));
    for (const { file } of fresh) asked.add(file);
    announcing.take(fresh.map(({ user, name, size }) => ({
      who: printableLine(user),
      sentence: `${printableLine(user)} sends you ${printableLine(name)}, ${sizeText(size)}: ` +
        "accept or decline it",
    })));
  });
  const stopMoving = effect(() => {
    const transfers = model.transfers.value;
    const done = transfers.filter(({ number, standing }) =>
      moving.has(number) && standing.is === "done"
    );
    moving = new Set(transfers.filter(isUnderWay).map(({ number }) => number));
    announcing.take(done.map(({ name, way }) => ({
      who: printableLine(name),
      sentence: `${printableLine(name)} was ${way === "up" ? "sent" : "fetched"}`,
    })));
  });
  return () => {
    stopAsked();
    stopMoving();
  };
}

/** That the connection was lost, and that it is back: not each attempt. */
function watchConnection(model: Model, announcing: Announcing): () => void {
  let isLost = false;
  return effect(() => {
    const { is } = model.status.value;
    if (is === "online" && isLost) {
      isLost = false;
      announcing.take([{ who: "Parley", sentence: "Connected again" }]);
    } else if (is === "waiting" && !isLost) {
      isLost = true;
      announcing.take([{ who: "Parley", sentence: "The connection is lost; trying again" }]);
    }
  });
}
