/**
 * What the page's first drawing doesn't need: loaded behind it, and all at once, since each piece
 * by itself would cut what the page shares with it into pieces as well.
 */

export { waitingIn } from "../lib/client/file_list.ts";
export { act, actOnLine } from "./acting.ts";
export { alertPlace } from "./alerts/alert_place.ts";
export { Alerts } from "./alerts/alerts.ts";
export { databaseShelf } from "./file_shelf.ts";
export { Finding } from "./finding.ts";
export { Offline } from "./offline/offline.ts";
export { offlinePlace } from "./offline/offline_place.ts";
export { filesIn, filesOf } from "./dropped.ts";
export { watchStalls } from "./stalls.ts";
export { rowName } from "./text/row_name.ts";
export { whatHappened } from "./text/what_happened.ts";
export { suggest } from "./text/suggest.ts";
export { Uploading } from "./uploading.ts";
export { AskedFiles } from "./views/asked_files.tsx";
export { CodeBlock } from "./views/code_block.tsx";
export { AttachMenu } from "./views/attach_menu.tsx";
export { BellButton } from "./views/bell.tsx";
export { DraftAbout, leaveDraft, takeKey } from "./views/composer_more.tsx";
export { DropArea } from "./views/drop_area.tsx";
export { Elsewhere } from "./views/elsewhere.tsx";
export { EmojiPicker } from "./views/emoji_picker.tsx";
export { laterLines } from "./views/icon_lines_later.ts";
export { Keyboard } from "./views/keyboard.tsx";
export { knownWords } from "./views/known_words.ts";
export { LostLine } from "./views/lost_line.tsx";
export { MeMenu } from "./views/me_menu.tsx";
export { MessageButtons } from "./views/message_buttons.tsx";
export { MovingLine } from "./views/moving_line.tsx";
export { Notices } from "./views/notices.tsx";
export { OutgoingRows } from "./views/outgoing_rows.tsx";
export { People } from "./views/people.tsx";
export { Overlays, PlaceView } from "./views/places.tsx";
export { MessageLink, Spoiler, TableBlock } from "./views/rich_text.tsx";
export { Reactions } from "./views/reactions.tsx";
export { SharedBody } from "./views/shared_body.tsx";
export { SuggestionList } from "./views/suggestion_list.tsx";
export { ProofFields } from "./views/proof.tsx";
export { Topic } from "./views/topic.tsx";
export { TypingLine } from "./views/typing_line.tsx";
export { whyNot } from "./views/why_not.ts";
export { WideRows } from "./views/wide_rows.tsx";

/** All of it. */
export type Behind = typeof import("./behind.ts");
