/** What may be asked for over HTTP. */

/** How it is asked for. */
export interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Requests about a room and a file, as far as they say which. */
export function requestsAbout(
  room: string,
  file: string,
  transfer: string,
): readonly (readonly [path: string, init: Asked])[] {
  const tus = { "tus-resumable": "1.0.0" };
  const offset = { "content-type": "application/offset+octet-stream", "upload-offset": "0" };
  const filename = `filename ${btoa("a.txt")},room ${btoa(room)}`;
  return [
    [`/files/${file}/map.png`, {}],
    [`/files/${file}/map.png`, { method: "HEAD" }],
    [`/files/${file}/map.png`, { headers: { range: "bytes=0-1" } }],
    [`/files/${file}/map.png?inline`, { headers: { "if-none-match": "*" } }],
    [`/thumbs/${file}`, {}],
    [`/say/${room}`, { method: "POST", body: "x" }],
    [`/drop/${room}/a.txt`, { method: "PUT", body: "x" }],
    [`/files/${transfer}`, { method: "HEAD", headers: tus }],
    [`/files/${transfer}`, { method: "PATCH", headers: { ...tus, ...offset }, body: "x" }],
    [`/files/${transfer}`, { method: "DELETE", headers: tus }],
    ["/files", {
      method: "POST",
      headers: { ...tus, "upload-length": "1", "upload-metadata": filename },
    }],
  ];
}

/** What an answer's headers tell: not when it was, nor whether the body had come by then. */
export function tellingHeaders(headers: Headers): Readonly<Record<string, string>> {
  const passing = ["date", "connection", "keep-alive"];
  return Object.fromEntries([...headers].filter(([name]) => !passing.includes(name)));
}
