/**
 * Icons of the first drawing, each as the line that draws it on 24 by 24 units. Made by
 * tools/icon_lines.ts from Lucide 1.65.0, ISC License, Copyright (c) Lucide Icons
 * and Contributors; those that come from Feather: MIT License, Copyright (c) Cole Bemis.
 */

/** By what the page calls them. */
export const iconLines = {
  attach:
    "M16 6l-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551",
  check: "M20 6 9 17l-5-5",
  checks: "M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16",
  clock: "M2 12a10 10 0 1 0 20 0 10 10 0 1 0 -20 0M12 6v6l4 2",
  edit:
    "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497zM15 5l4 4",
  hash: "M4 9L20 9M4 15L20 15M10 3L8 21M16 3L14 21",
  help: "M2 12a10 10 0 1 0 20 0 10 10 0 1 0 -20 0M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3M12 17h.01",
  leave: "M16 17l5-5-5-5M21 12H9M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4",
  library:
    "M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z",
  menu: "M4 5h16M4 12h16M4 19h16",
  more:
    "M11 12a1 1 0 1 0 2 0 1 1 0 1 0 -2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0 -2 0M4 12a1 1 0 1 0 2 0 1 1 0 1 0 -2 0",
  people:
    "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2a4 4 0 0 0-3-3.87M5 7a4 4 0 1 0 8 0 4 4 0 1 0 -8 0",
  plus: "M5 12h14M12 5v14",
  search: "M21 21l-4.34-4.34M3 11a8 8 0 1 0 16 0 8 8 0 1 0 -16 0",
  send: "M5 12l7-7 7 7M12 19V5",
  smile: "M15 10V9M16.472 15a6 6 0 01-8.943 0M9 10V9M2 12a10 10 0 1 0 20 0 10 10 0 1 0 -20 0",
  transfers: "M3 16l4 4 4-4M7 20V4M21 8l-4-4-4 4M17 4v16",
} as const;
