/**
 * Whether what speakers were told, what clients showed and what logs hold go together. Pure: a test
 * gathers a {@linkcode Ledger} while things go wrong, and {@linkcode violations} judges it.
 *
 * Each speaker numbers what they say, from 1 up, in whatever conversation they say it.
 */

/** A numbered message as it stands somewhere. */
export interface Entry {
  readonly seq: number;
  readonly text: string;
}

/** A message that its speaker was told is stored. */
export interface Acknowledged extends Entry {
  readonly conversation: string;
}

/** Something in a log; only what was said has a text. */
export interface Logged {
  readonly seq: number;
  /** Who it is by. */
  readonly user: string;
  readonly text?: string;
}

/** Each conversation's whole log in its order, by the conversation's name. */
export type Logs = ReadonlyMap<string, readonly Logged[]>;

/** Everything to be judged. */
export interface Ledger {
  /** In the order in which speakers were told. */
  readonly acknowledged: readonly Acknowledged[];
  readonly logs: Logs;
  /** What each client showed of each conversation that it had to show, in that order. */
  readonly shown: ReadonlyMap<string, ReadonlyMap<string, readonly Entry[]>>;
}

/** The text of a speaker's `count`th message. */
export function numbered(speaker: string, count: number): string {
  return `${speaker} says ${count}`;
}

/** Who says a numbered text, and which of theirs it is. */
export function readNumbered(text: string): { speaker: string; count: number } | undefined {
  const [, speaker, count] = /^(.+) says (\d+)$/.exec(text) ?? [];
  return speaker === undefined ? undefined : { speaker, count: Number(count) };
}

/** Everything that isn't as promised, a sentence each; none where all is well. */
export function violations(ledger: Ledger): string[] {
  const found = [...ledger.logs].flatMap(([name, log]) => [
    ...gaps(name, log),
    ...strangers(name, log),
    ...disorder(name, log),
  ]);
  found.push(...doubles(ledger), ...broken(ledger));
  for (const [client, conversations] of ledger.shown) {
    for (const [name, shown] of conversations) {
      const log = (ledger.logs.get(name) ?? []).flatMap(said);
      found.push(...misshown(`${client} in ${name}`, shown, log));
    }
  }
  return found;
}

/**
 * The same where the logs were read from several nodes, by the nodes' names: on each of them
 * everything has to be as promised, and as it is on the first.
 */
export function violationsOfNodes(ledger: Ledger, nodes: ReadonlyMap<string, Logs>): string[] {
  const [first] = nodes;
  if (first === undefined) return ["There is no node"];
  return [
    ...violations(ledger),
    ...[...nodes].flatMap(([node, logs]) => [
      ...violations({ ...ledger, logs, shown: new Map() }).map((found) => `${node}: ${found}`),
      ...apart(first, [node, logs]),
    ]),
  ];
}

/** In what a node's logs aren't those of another. */
function apart(
  [first, firstLogs]: readonly [string, Logs],
  [node, logs]: readonly [string, Logs],
): string[] {
  return [...new Set([...firstLogs.keys(), ...logs.keys()])].flatMap((name) => {
    const [these, those] = [firstLogs, logs].map((all) => {
      return new Map((all.get(name) ?? []).map((logged) => [logged.seq, logged]));
    });
    const seqs = [...new Set([...these.keys(), ...those.keys()])];
    const told = (logged?: Logged) => logged ? `${logged.user}: "${logged.text ?? ""}"` : "nothing";
    return seqs.map((seq) => [seq, told(these.get(seq)), told(those.get(seq))] as const)
      .filter(([, here, there]) => here !== there)
      .map(([seq, here, there]) => `${name} ${seq} is ${there} on ${node}, ${here} on ${first}`);
  });
}

function said({ seq, text }: Logged): Entry[] {
  return text === undefined ? [] : [{ seq, text }];
}

function gaps(name: string, log: readonly Logged[]): string[] {
  return log.flatMap(({ seq }, index) => {
    const due = (log[index - 1]?.seq ?? 0) + 1;
    return seq === due ? [] : [`The log of ${name} has ${seq} where ${due} is due`];
  });
}

/** In all logs together: a retry that goes to another conversation is a double, too. */
function doubles({ logs }: Ledger): string[] {
  const first = new Map<string, string>();
  return [...logs].flatMap(([name, log]) =>
    log.flatMap(said).flatMap(({ seq, text }) => {
      const place = `${seq} in ${name}`;
      const before = first.get(text);
      first.set(text, before ?? place);
      return before === undefined
        ? []
        : [`"${text}" is stored twice, as ${before} and as ${place}`];
    })
  );
}

function strangers(name: string, log: readonly Logged[]): string[] {
  return log.flatMap(({ seq, user, text }) => {
    if (text === undefined || readNumbered(text)?.speaker === user) return [];
    return [`The log of ${name} has "${text}" as ${seq} by ${user}, who never said it`];
  });
}

/** A speaker says in each conversation what has a higher number than what they said before. */
function disorder(name: string, log: readonly Logged[]): string[] {
  const last = new Map<string, number>();
  return log.flatMap(({ seq, user, text = "" }) => {
    const count = readNumbered(text)?.count;
    if (count === undefined) return [];
    const before = last.get(user) ?? 0;
    last.set(user, count);
    // Twice the same is told as a double.
    return count >= before
      ? []
      : [`"${text}" is ${seq} in the log of ${name}, behind number ${before} of the same speaker`];
  });
}

/** What was acknowledged and isn't so. */
function broken({ acknowledged, logs }: Ledger): string[] {
  const places = new Map([...logs].map(([name, log]) => {
    return [name, new Map(log.flatMap(said).map(({ seq, text }) => [text, seq]))] as const;
  }));
  const told = new Set<string>();
  return acknowledged.flatMap(({ conversation, seq, text }) => {
    const found: string[] = [];
    if (told.has(text)) found.push(`"${text}" was acknowledged twice`);
    told.add(text);
    const place = places.get(conversation)?.get(text);
    if (place === undefined) {
      found.push(`"${text}" was acknowledged and isn't in the log of ${conversation}`);
    } else if (place !== seq) {
      found.push(`"${text}" was acknowledged as ${seq} and is ${place} in ${conversation}`);
    }
    return found;
  });
}

function misshown(where: string, shown: readonly Entry[], log: readonly Entry[]): string[] {
  const found: string[] = [];
  const bySeq = new Map(log.map(({ seq, text }) => [seq, text]));
  const told = new Set<number>();
  let last = 0;
  for (const { seq, text } of shown) {
    if (told.has(seq)) found.push(`${where} was shown ${seq}, "${text}", twice`);
    else if (seq < last) found.push(`${where} was shown ${seq}, "${text}", after ${last}`);
    if (bySeq.get(seq) !== text) {
      found.push(`${where} was shown "${text}" as ${seq}, which isn't in the log`);
    }
    told.add(seq);
    last = Math.max(last, seq);
  }
  for (const { seq, text } of log) {
    if (!told.has(seq)) found.push(`${where} was never shown ${seq}, "${text}"`);
  }
  return found;
}
