/** The emoji picker, loaded when it is first opened. */

import { later, laterView } from "./later.tsx";

const picker = later(() => import("./emoji_picker.tsx"));

/** See emoji_picker.tsx. */
export const LaterPicker = laterView(picker, (loaded) => loaded.EmojiPicker);
