/** Why an address can't be listened on, for whoever started the server. */

/** The sentence; `flag` is what chooses the port. */
export function bindError(
  { hostname, port, flag }: {
    readonly hostname: string;
    readonly port: number;
    readonly flag: string;
  },
  error: unknown,
): Error {
  const where = hostname.includes(":") ? `[${hostname}]` : hostname;
  return new Error(`Cannot listen on ${where}:${port}: ${reasonOf(error, flag)}`, { cause: error });
}

function reasonOf(error: unknown, flag: string): string {
  if (isA(error, "AddrInUse", "EADDRINUSE")) {
    const off = flag === "--web-port" ? ", or say --no-web" : "";
    return `another program does; stop that one${
      off ? "," : " or"
    } name another port with ${flag}${off}`;
  }
  if (isA(error, "AddrNotAvailable", "EADDRNOTAVAIL")) {
    return "this machine has no such address; name one that it has with --host";
  }
  if (isA(error, "PermissionDenied", "EACCES")) {
    return `the system keeps ports under 1024 for its administrator; name another one with ${flag}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Deno's own sockets tell it by the class, Node's by a code. */
function isA(error: unknown, name: string, code: string): boolean {
  return error instanceof Error && (error.name === name || "code" in error && error.code === code);
}
