/** The page once one is on a server: what stands where. */

import { useMemo } from "preact/hooks";
import { printableLine } from "../../lib/printable.ts";
import type { ViewProps } from "../model.ts";
import { ChatHead } from "./chat_head.tsx";
import { Composer } from "./composer.tsx";
import { laterView } from "./later.tsx";
import { MessageList } from "./message_list.tsx";
import { Sidebar } from "./sidebar.tsx";
import { newUi, type PageProps, wideQuery } from "./ui.ts";

const AskedFiles = laterView((loaded) => loaded.AskedFiles);
const DropArea = laterView((loaded) => loaded.DropArea);
const Keyboard = laterView((loaded) => loaded.Keyboard);
const LostLine = laterView((loaded) => loaded.LostLine);
const MovingLine = laterView((loaded) => loaded.MovingLine);
const People = laterView((loaded) => loaded.People);
const PlaceView = laterView((loaded) => loaded.PlaceView);
const Overlays = laterView((loaded) => loaded.Overlays);
const Notices = laterView((loaded) => loaded.Notices);
const TypingLine = laterView((loaded) => loaded.TypingLine, () => <p class="typing" />);

/** Conversations, the one in front, who is here, and what lies over them. */
export function Page({ model }: ViewProps) {
  const ui = useMemo(() => newUi(model, matchMedia(wideQuery).matches), [model]);
  const isChat = model.route.value.is === "chat";
  const isPeopleOpen = isChat && ui.isPeopleOpen.value;
  const isCovered = ui.isMenuOpen.value || (isPeopleOpen && !ui.isWide.value);
  return (
    <div class={isPeopleOpen ? "page with-people" : "page"}>
      <Keyboard model={model} ui={ui} />
      <Sidebar model={model} ui={ui} />
      {ui.isMenuOpen.value && (
        <button
          type="button"
          class="behind"
          aria-label="Close the conversations"
          onClick={() => ui.isMenuOpen.value = false}
        />
      )}
      <main class="main" inert={isCovered}>
        {/* On a phone the conversations, with the server's name, are mostly out of sight. */}
        <h1 class="hidden">{printableLine(model.server.value?.name ?? "Parley")}</h1>
        <LostLine model={model} />
        <AskedFiles model={model} ui={ui} />
        <Notices model={model} ui={ui} />
        <Place model={model} ui={ui} />
      </main>
      {isPeopleOpen && (
        <>
          <button
            type="button"
            class="behind people-behind"
            aria-label="Back to the conversation"
            onClick={() => ui.isPeopleOpen.value = false}
          />
          <People model={model} ui={ui} />
        </>
      )}
      <Overlays model={model} ui={ui} />
      <DropArea model={model} />
    </div>
  );
}

function Place({ model, ui }: PageProps) {
  const { is } = model.route.value;
  if (is !== "chat") return <PlaceView model={model} ui={ui} is={is} />;
  return (
    <>
      <ChatHead model={model} ui={ui} />
      <MessageList model={model} ui={ui} />
      <MovingLine model={model} ui={ui} />
      <TypingLine model={model} />
      <Composer model={model} ui={ui} />
    </>
  );
}
