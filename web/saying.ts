/** What views do with messages. */

import { keyOf } from "../lib/client/conversation.ts";
import type { Said } from "../lib/client/messages.ts";
import type { Action } from "../lib/client/slash_row.ts";
import { spokenIn } from "../lib/client/spoken.ts";
import type { StoredEvent } from "../lib/events.ts";
import type { ActStage } from "./acting.ts";
import type { Draft, Model } from "./model.ts";

/** What views are given to say something. */
export type SayingModel = Pick<
  Model,
  | "write"
  | "submit"
  | "quote"
  | "edit"
  | "editLast"
  | "remove"
  | "react"
  | "retry"
  | "drop"
  | "join"
  | "leave"
  | "setTopic"
  | "whisper"
  | "away"
  | "ignore"
>;

/** Says things on a stage. */
export function sayingOn(stage: ActStage): SayingModel {
  const { talking, notices, emoji } = stage;
  const { chat, drafts } = talking;
  const attempt = (work: () => unknown): void => void notices.attempt(work);

  async function say(draft: Draft): Promise<void> {
    // Without waiting where nothing has to be loaded: what is said is seen at once.
    const text = emoji.isNamed(draft.text) ? await emoji.in(draft.text) : draft.text;
    if (draft.editing) return await editTo(draft.editing, text.trimEnd());
    if (text.trim() === "") return;
    const said = spokenIn(text);
    if (said !== undefined) talking.say(said, draft.quote?.seq);
    else await (await stage.behind()).actOnLine(text, stage);
  }

  async function act(action: Action): Promise<void> {
    await (await stage.behind()).act(action, stage);
  }

  async function editTo(message: StoredEvent, text: string): Promise<void> {
    const key = keyOf(message);
    const isSame = message.t === "said" && message.text === text;
    if (key !== undefined && !isSame) await chat.edit(key, message.seq, text);
  }

  function edit(message: StoredEvent | undefined): void {
    const text = message?.t === "said" ? message.text ?? "" : "";
    drafts.set(message ? { text, editing: message } : { text });
  }

  return {
    write(text) {
      const before = drafts.here.peek();
      drafts.set({ ...before, text });
      if ((before.text === "") !== (text === "")) talking.draw("rows");
      if (text !== "" && (!text.startsWith("/") || text.startsWith("//"))) talking.typing();
    },
    submit(text) {
      const draft: Draft = { ...drafts.here.peek(), text };
      const { key } = talking.inFront ?? {};
      drafts.clear();
      talking.draw("rows");
      void notices.attempt(() => say(draft)).then((isDone) => {
        // What was refused isn't lost, where nothing else was begun meanwhile.
        if (isDone || key !== talking.inFront?.key || drafts.here.peek().text !== "") return;
        drafts.set(draft);
        talking.draw("rows");
      });
    },
    quote(message) {
      const { text, editing } = drafts.here.peek();
      const kept = editing ? "" : text;
      drafts.set(message ? { text: kept, quote: message } : { text: kept });
    },
    edit,
    editLast() {
      const me = chat.state.me?.uid;
      const { messages = [], outgoing = [] } = talking.here.peek() ?? {};
      // What is on its way is meant, and not the one before it.
      if (outgoing.some(({ state }) => state === "sending")) return false;
      const last = messages.findLast((event): event is Said =>
        event.t === "said" && event.uid === me && event.text !== undefined
      );
      if (last) edit(last);
      return last !== undefined;
    },
    remove(message) {
      const key = keyOf(message);
      if (key !== undefined) attempt(() => chat.delete(key, message.seq));
    },
    react(message, written) {
      const key = keyOf(message);
      const me = chat.state.me?.user;
      if (key === undefined || me === undefined || message.t !== "said") return;
      const isOn = message.reactions?.[written]?.includes(me) ?? false;
      attempt(() => chat.react(key, message.seq, written, !isOn));
    },
    retry: (cid) => attempt(() => talking.retry(cid)),
    drop: (cid) => attempt(() => talking.drop(cid)),
    join: (room) => attempt(() => act({ is: "join", room })),
    leave: (key) => attempt(() => chat.leave(key)),
    setTopic: (topic) => attempt(() => act({ is: "topic", topic })),
    whisper: (user, text) => attempt(() => act({ is: "whisper", user, text })),
    away: (text) => attempt(() => chat.away(text)),
    ignore: ({ uid }) => void talking.ignore(uid),
  };
}
