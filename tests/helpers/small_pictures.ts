/** Pictures of 16 by 12 pixels, as a browser packs them, and what somebody may make of them. */

const decoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.fromBase64(text);

/** A JPEG with nothing but what draws. */
export const smallJpeg = decoded(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVG" +
    "ZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fH" +
    "x8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAMABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAwIF/8QA" +
    "FhABAQEAAAAAAAAAAAAAAAAAAgAB/8QAFAEBAAAAAAAAAAAAAAAAAAAABf/EABcRAAMBAAAAAAAAAAAAAAAAAAABAw" +
    "T/2gAMAwEAAhEDEQA/AMVKFKpbCtk8kUJabM//2Q==",
);

/** A WebP. */
export const smallWebp = decoded(
  "UklGRlIAAABXRUJQVlA4WAoAAAAAAAAADwAACwAAVlA4IDQAAACwAQCdASoQAAwAC4BaJbACdLoABDAAAP7wCSo209Km" +
    "+oubmNNMfuKV/+aHXqpg6aLZAAAA",
);

/** A WebP that is transparent in parts. */
export const clearWebp = decoded(
  "UklGRqwAAABXRUJQVlA4WAoAAAAQAAAADwAACwAAQUxQSEYAAAANT6CQjSQ4uB/FZolO6CIiwNuXZMCmjSRJvnc02WRL" +
    "7O4YLKDJjvFSiOh/Wj/z/eZBdGUjdCVG6sJfqRFdCSO7ElHZhd0CVlA4IEAAAADwAQCdASoQAAwABwBaJbACdFQAmk" +
    "0JBgAA/u/p+MRGFnN9sP2pse4rHmpXz/JZA7rfBF+4JCV5G+wohntb8AAA",
);

/** A JPEG with another segment behind its first one. */
export function withSegment(kind: number, text: string): Uint8Array<ArrayBuffer> {
  const content = new TextEncoder().encode(text);
  const length = content.length + 2;
  const segment = [0xff, kind, length >> 8, length & 255, ...content];
  return new Uint8Array([...smallJpeg.subarray(0, 20), ...segment, ...smallJpeg.subarray(20)]);
}

/** A WebP with another chunk at its end, and a mark in its head that says so. */
export function withChunk(name: string, text: string, mark: number): Uint8Array<ArrayBuffer> {
  const content = new TextEncoder().encode(text.length % 2 === 0 ? text : `${text} `);
  const head = new TextEncoder().encode(name);
  const chunk = [...head, content.length & 255, content.length >> 8, 0, 0, ...content];
  const all = new Uint8Array([...smallWebp, ...chunk]);
  new DataView(all.buffer).setUint32(4, all.length - 8, true);
  all[20] = mark;
  return all;
}
