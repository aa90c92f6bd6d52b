/** Invitations: one to be made, and those that one has made. */

import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";
import { onlyHereText, usedText } from "../../lib/client/invite_text.ts";
import type { Ok } from "../../lib/protocol.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import { dayAndTime, shortTime, wholeTime } from "../text/times.ts";
import { Said } from "./account.tsx";
import { type Asking, useAsking } from "./asking.ts";
import { CopyButton } from "./copying.tsx";
import { goodInvites, type Invite } from "./good_invites.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

type Made = Ok<"invite">;

/** How many may come with one; 0: any number. */
const usesChoices = { "0": "Any number of people", "1": "One person", "10": "10 people" } as const;
/** For how long it is good, in seconds. */
const timeChoices = { "3600": "An hour", "86400": "A day", "604800": "A week" } as const;
/** What those become who make their name their own; only the owner gives more. */
const roleChoices = { member: "Members", moderator: "Moderators" } as const;

/** Who may come in. */
export function InviteView({ model, ui }: PageProps) {
  const role = model.me.value?.role ?? "guest";
  const isOnline = model.status.value.is === "online";
  return (
    <section class="place" aria-label="Invite people">
      <PlaceHead title="Invite people" ui={ui} />
      <div class="place-body settings" tabIndex={0} role="region" aria-label="Invitations">
        {!isOnline && <p class="empty">People can be invited with a connection.</p>}
        {isOnline && role === "guest" && (
          <section class="group">
            <p class="account-about">Only whose name is their own may invite others.</p>
            <button type="button" class="button" onClick={() => model.go({ is: "account" })}>
              Make your name yours
            </button>
          </section>
        )}
        {isOnline && role !== "guest" && <Inviting model={model} />}
      </div>
    </section>
  );
}

function Inviting({ model }: { readonly model: Model }) {
  const [made, setMade] = useState<Made | undefined>(undefined);
  const [invites, setInvites] = useState<readonly Invite[]>([]);
  const making = useAsking();
  const listing = useAsking();
  const read = async () => setInvites(await goodInvites(model));
  useEffect(() => void listing.ask(read), [made]);
  const withdraw = ({ invite }: Invite) =>
    listing.ask(async () => {
      // It may have been used up meanwhile.
      await model.send("uninvite", { invite }).finally(read);
    }, "It lets nobody in any more");
  const isGood = invites.some(({ invite }) => invite === made?.invite);
  return (
    <>
      <section class="group">
        <h3>A new invitation</h3>
        <InviteForm model={model} asking={making} onMade={setMade} />
        <Said asking={making} />
        {made && isGood && <MadeInvite made={made} />}
      </section>
      <section class="group">
        <h3>Invitations that are good</h3>
        <ul class="account-list" aria-label="Invitations">
          {invites.map((each) => (
            <InviteLine
              key={each.invite}
              invite={each}
              now={model.now.peek()}
              isBusy={listing.isBusy}
              onWithdraw={() => void withdraw(each)}
            />
          ))}
        </ul>
        {invites.length === 0 && <p class="quiet">There are none of yours.</p>}
        <Said asking={listing} />
      </section>
    </>
  );
}

function InviteForm({ model, asking, onMade }: {
  readonly model: Model;
  readonly asking: Asking;
  onMade(made: Made): void;
}) {
  const [room, setRoom] = useState("");
  const [role, setRole] = useState("member");
  const [uses, setUses] = useState("0");
  const [seconds, setSeconds] = useState("604800");
  const rooms = model.rows.value.filter((row) => row.with === undefined && row.key !== "lobby");
  const submit = async () => {
    onMade(
      await model.send("invite", {
        seconds: Number(seconds),
        ...room !== "" && { room },
        ...role === "moderator" && { role },
        ...uses !== "0" && { uses: Number(uses) },
      }),
    );
  };
  const everywhere = { "": "The server" };
  const names = Object.fromEntries(rooms.map((row) => [row.room, `#${printableLine(row.room)}`]));
  const isOwner = model.me.value?.role === "owner";
  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void asking.ask(submit);
      }}
    >
      <Choice label="To" value={room} choices={{ ...everywhere, ...names }} onChange={setRoom} />
      <Choice label="For how many" value={uses} choices={usesChoices} onChange={setUses} />
      <Choice label="Good for" value={seconds} choices={timeChoices} onChange={setSeconds} />
      {isOwner && (
        <Choice
          label="When they register they are"
          value={role}
          choices={roleChoices}
          onChange={setRole}
        />
      )}
      <button type="submit" class="button primary" disabled={asking.isBusy}>Make a link</button>
    </form>
  );
}

function Choice({ label, value, choices, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly choices: Readonly<Record<string, string>>;
  onChange(value: string): void;
}) {
  return (
    <label class="account-field">
      <span>{label}</span>
      <select
        class="field"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {Object.entries(choices).map(([each, words]) => (
          <option key={each} value={each}>{words}</option>
        ))}
      </select>
    </label>
  );
}

/** What is handed on. */
function MadeInvite({ made: { url, address, code } }: { readonly made: Made }) {
  const onlyHere = onlyHereText({ url, address });
  return (
    <div class="invite-made">
      {url !== "" && <QrPicture text={url} />}
      <dl class="invite-words">
        {url !== "" && <Handed what="Link for a browser" text={url} />}
        <Handed what="Address for a terminal" text={address} />
        <Handed what="Code alone" text={code} />
      </dl>
      {onlyHere !== undefined && <p class="quiet">{onlyHere}</p>}
    </div>
  );
}

function Handed({ what, text }: { readonly what: string; readonly text: string }) {
  return (
    <div>
      <dt class="quiet">{what}</dt>
      <dd>
        <code>{printableLine(text)}</code>
        <CopyButton text={text} label={`Copy the ${what[0].toLowerCase()}${what.slice(1)}`} />
      </dd>
    </div>
  );
}

/** Modules of light around a code, without which no camera finds it. */
const border = 4;

/** A text for a camera. */
function QrPicture({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border });
  const line = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])
  ).join("");
  return (
    <svg
      class="invite-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The link as a QR code"
    >
      <rect width={size} height={size} />
      <path d={line} />
    </svg>
  );
}

function InviteLine({ invite, now, isBusy, onWithdraw }: {
  readonly invite: Invite;
  readonly now: number;
  readonly isBusy: boolean;
  readonly onWithdraw: () => void;
}) {
  const { room, role, until, user, at } = invite;
  const where = room === undefined ? "To the server" : `To #${printableLine(room)}`;
  const words = [
    user === undefined ? "by the server" : `by ${printableLine(user)}`,
    // A narrow screen cuts off what is last.
    ...role === "guest" ? [] : [`as ${role}`],
    usedText(invite),
    shortTime(at, now),
  ];
  return (
    <li class="account-line">
      <span class="file-words">
        <span>{where}</span>
        <span class="quiet">{words.join(", ")}</span>
        {until !== undefined && (
          <span class="quiet" title={wholeTime(until)}>Good until {dayAndTime(until, now)}</span>
        )}
      </span>
      <button type="button" class="button" disabled={isBusy} onClick={onWithdraw}>
        Withdraw<span class="hidden">{where}, {words.join(", ")}</span>
      </button>
    </li>
  );
}
