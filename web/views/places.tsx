/** What stands in the conversation's place, and what lies over all: loaded behind the page itself. */

import type { Route } from "../model.ts";
import { AccountView } from "./account.tsx";
import { AuditView } from "./audit.tsx";
import { BansView } from "./bans.tsx";
import { BellMenu } from "./bell.tsx";
import { Hands } from "./hands.tsx";
import { HelpView } from "./help.tsx";
import { InviteView } from "./invite.tsx";
import { LibraryView } from "./library.tsx";
import { MessageSheet } from "./message_sheet.tsx";
import { Palette } from "./palette.tsx";
import { PersonSheet } from "./person_sheet.tsx";
import { Preview } from "./preview.tsx";
import { RoomsView } from "./rooms.tsx";
import { SearchView } from "./search.tsx";
import { SettingsView } from "./settings.tsx";
import { TransfersView } from "./transfers.tsx";
import { Viewer } from "./viewer.tsx";
import { isLookedAt } from "./viewer_series.ts";
import type { PageProps } from "./ui.ts";

/** A route that isn't a conversation. */
export type PlaceRoute = Exclude<Route, { readonly is: "chat" }>;

/** The view of a route. */
export function PlaceView({ model, ui, is }: PageProps & { readonly is: PlaceRoute["is"] }) {
  switch (is) {
    case "search":
      return <SearchView model={model} ui={ui} />;
    case "library":
      return <LibraryView model={model} ui={ui} />;
    case "transfers":
      return <TransfersView model={model} ui={ui} />;
    case "rooms":
      return <RoomsView model={model} ui={ui} />;
    case "settings":
      return <SettingsView model={model} ui={ui} />;
    case "account":
      return <AccountView model={model} ui={ui} />;
    case "invite":
      return <InviteView model={model} ui={ui} />;
    case "audit":
      return <AuditView model={model} ui={ui} />;
    case "bans":
      return <BansView model={model} ui={ui} />;
    case "help":
      return <HelpView model={model} ui={ui} />;
    default:
      return is satisfies never;
  }
}

/** What is open over the page. */
export function Overlays({ model, ui }: PageProps) {
  const file = ui.preview.value;
  const held = ui.held.value;
  const person = ui.person.value;
  return (
    <>
      {ui.isPaletteOpen.value && <Palette model={model} ui={ui} />}
      {ui.isBellOpen.value && <BellMenu model={model} ui={ui} />}
      {held && <MessageSheet key={held.seq} message={held} model={model} ui={ui} />}
      {person && <PersonSheet key={person.uid} person={person} model={model} ui={ui} />}
      <Hands model={model} ui={ui} />
      {file && (isLookedAt(file)
        ? <Viewer file={file} model={model} ui={ui} />
        : <Preview key={file.file} file={file} model={model} ui={ui} />)}
    </>
  );
}
