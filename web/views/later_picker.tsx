/** The emoji picker, loaded when it is first opened. */

import { laterView } from "./later.tsx";

/** See emoji_picker.tsx. */
export const LaterPicker = laterView((loaded) => loaded.EmojiPicker);
