/**
 * What the page loads behind its first drawing, as it is bundled. That this knows the page itself
 * lets the bundler put all of the first load into one file, which is compressed as one.
 */

import "./app.tsx";
export * from "./behind.ts";
