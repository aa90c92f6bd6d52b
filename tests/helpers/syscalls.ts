/** What a process asked of its system, as `strace -f -y` writes it down. */

/** One call, by the lines of the trace at which it began and ended. */
export interface Syscall {
  readonly name: string;
  /** What its first argument, a file descriptor, stands for; empty where it is none. */
  readonly path: string;
  /** Its arguments, with what was read or written. */
  readonly args: string;
  /** What it returned; empty where that wasn't seen any more. */
  readonly result: string;
  readonly began: number;
  readonly ended: number;
}

/** The calls of a trace, in the order in which they began. */
export function readTrace(trace: string): readonly Syscall[] {
  const open = new Map<string, { readonly call: string; readonly began: number }>();
  const calls: Syscall[] = [];
  for (const [at, line] of trace.split("\n").entries()) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined) continue;
    const begun = /^(.*)<unfinished \.\.\.>$/.exec(rest);
    if (begun) {
      open.set(thread, { call: begun[1], began: at });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const { call = "", began = at } = resumed ? open.get(thread) ?? {} : {};
    if (resumed) open.delete(thread);
    calls.push(...readCall(resumed ? call + resumed[1] : rest, began, at));
  }
  // What was under way when the trace ended never did.
  for (const { call, began } of open.values()) calls.push(...readCall(call, began, Infinity));
  return calls.sort((one, other) => one.began - other.began);
}

function readCall(text: string, began: number, ended: number): Syscall[] {
  const [, name, fd, rest] = /^(\w+)\((\d+<[^>]*>)?(.*)$/.exec(text) ?? [];
  if (name === undefined) return [];
  const [, args, result] = /^(.*)\) += (-?\d+).*$/.exec(rest) ?? [undefined, rest, ""];
  const path = fd?.slice(fd.indexOf("<") + 1, -1) ?? "";
  return [{ name, path, args: args.replaceAll('\\"', '"'), result, began, ended }];
}

/** A message of which a trace is asked. */
export interface Traced {
  /** Its text, found nowhere else. */
  readonly text: string;
  /** What its answer has and no other. */
  readonly answer: string;
}

const reads: ReadonlySet<string> = new Set(["read", "readv", "recvfrom", "recvmsg"]);
const writes: ReadonlySet<string> = new Set(["write", "writev", "sendto", "sendmsg"]);
const fileWrites: ReadonlySet<string> = new Set(["write", "writev", "pwrite64", "pwritev"]);
const syncs: ReadonlySet<string> = new Set(["fsync", "fdatasync"]);

/**
 * Whether a message was on disk before anybody was told: read from its speaker, written to SQLite's
 * write-ahead log, that log synced, and only then shown to anybody or answered. `undefined`, or a
 * sentence that says what is missing.
 */
export function unsynced(calls: readonly Syscall[], { text, answer }: Traced): string | undefined {
  const isSocket = ({ path }: Syscall) => path.startsWith("socket:") || path.startsWith("TCP");
  const read = calls.find((call) =>
    reads.has(call.name) && isSocket(call) && call.args.includes(text)
  );
  if (!read) return `"${text}" was never read from a socket`;
  const written = calls.find((call) =>
    fileWrites.has(call.name) && call.path.endsWith("-wal") && call.args.includes(text) &&
    call.began > read.ended
  );
  if (!written) return `"${text}" was never written to the write-ahead log after it was read`;
  const sync = calls.find((call) =>
    syncs.has(call.name) && call.path === written.path && call.result === "0" &&
    call.began > written.ended
  );
  if (!sync) return `The log with "${text}" was never synced`;
  const sent = calls.filter((call) => writes.has(call.name) && isSocket(call));
  const answered = sent.find(({ args }) => args.includes(answer));
  if (!answered) return `"${text}" was never answered`;
  if (answered.began < sync.ended) return `"${text}" was answered before its log was synced`;
  const told = sent.find(({ args }) => args.includes(text));
  if (!told) return `"${text}" was never told to anybody`;
  return told.began < sync.ended ? `"${text}" was told before its log was synced` : undefined;
}
