/** What a browser is told that comes to the port for chat. */

/** Whether somebody speaks HTTP. `start` is only the beginning of a line: an address may be long. */
export function isHttp(start: string): boolean {
  return /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) \S+( HTTP\/|$)/.test(start);
}

/** The answer, with the address of the web page where there is one. */
export function httpAnswer(page: string | undefined): Uint8Array {
  const text = page === undefined
    ? "This is Parley's chat port: join it with Parley's client.\n"
    : `This is Parley's chat port; its page is at ${page}\n`;
  const head = [
    page === undefined ? "HTTP/1.1 400 Bad Request" : "HTTP/1.1 307 Temporary Redirect",
    ...page === undefined ? [] : [`Location: ${page}`],
    "Content-Type: text/plain",
    `Content-Length: ${text.length}`,
    "Connection: close",
  ];
  return new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${text}`);
}
