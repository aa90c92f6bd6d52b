/**
 * Measures the server: a real one in its own process, the load client in another, and beside it, in
 * the same run and by turns, a bare server that does nothing but fan out. A machine's figures say
 * little by themselves; the ratios say what Parley costs.
 */

import { type Contestant, contestants, runLoad, type Running, start } from "./contestant.ts";
import { indexLag, syncTimes } from "./disk.ts";
import { measureFiles, ratesTable } from "./files/rates.ts";
import { type FigureName, Figures, table } from "./figures.ts";
import { measureNodes, nodesTable } from "./nodes/measure.ts";
import { type Order, orderArgs, usualOrder } from "./order.ts";
import { measurePage, pageTable } from "./page/measure.ts";
import { type Checked, readResult, type Result } from "./result.ts";
import { readSettings, type Settings } from "./settings.ts";

const machine = { cores: navigator.hardwareConcurrency, deno: Deno.version.deno };

/** Runs the benchmark; the exit code: 1 where a delivery wasn't right, 2 for a mistake. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsOrMistake(args);
  if (settings instanceof Error) {
    console.error(settings.message);
    return 2;
  }
  if (typeof settings === "string") {
    console.log(settings);
    return 0;
  }
  if (settings.files) return await files(settings);
  if (settings.nodes) return await nodes(settings);
  if (settings.page) return await page(settings);
  const bench = new Bench(settings);
  for (let run = 0; run < settings.runs; run++) await bench.run();
  const { figures, faults } = bench;
  const verified = faults.length === 0;
  if (settings.json) {
    console.log(
      JSON.stringify({ machine, settings, verified, faults, figures: figures.medians() }),
    );
  } else {
    console.log(table(figures.medians()));
    console.log(verified ? "Every delivery was right, once, and in order" : faults.join("\n"));
  }
  return verified ? 0 : 1;
}

/** Measures files instead of messages. */
async function files(settings: Settings): Promise<number> {
  const rates = await measureFiles(settings);
  const verified = rates.faults.length === 0;
  if (settings.json) {
    console.log(JSON.stringify({ machine, settings, verified, ...rates }));
  } else {
    console.log(ratesTable(rates));
    console.log(verified ? "Every byte came back to its place" : rates.faults.join("\n"));
  }
  return verified ? 0 : 1;
}

/** Measures several nodes instead of one server. */
async function nodes({ seconds, warmSeconds, json }: Settings): Promise<number> {
  const measured = await measureNodes({ seconds, warmSeconds });
  const { verified } = measured;
  if (json) {
    console.log(JSON.stringify({ machine, seconds, ...measured }));
  } else {
    console.log(nodesTable(measured));
    console.log(
      verified ? "Every delivery was right, once, and in order" : "Deliveries were wrong",
    );
  }
  return verified ? 0 : 1;
}

/** Measures the page instead of the server. */
async function page({ messages, data, json }: Settings): Promise<number> {
  const wide = { people: 5000, rooms: 1000, moves: 50, seconds: 10 };
  const figures = await measurePage({ messages, rate: 500, seconds: 10, data, wide });
  console.log(json ? JSON.stringify({ machine, messages, figures }) : pageTable(figures));
  return figures.reachedFirst ? 0 : 1;
}

function settingsOrMistake(args: readonly string[]): Settings | string | Error {
  try {
    return readSettings(args);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** All runs, and what came of them. */
class Bench {
  readonly figures = new Figures();
  /** What was wrong, as sentences. */
  readonly faults: string[] = [];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Measures everything once: each measurement by turns, so that both see the same machine. */
  async run(): Promise<void> {
    for (const which of contestants) await this.#flood(which, true);
    for (const which of contestants) await this.#flood(which, false);
    for (const which of contestants) await this.#latency(which);
    for (const which of contestants) await this.#idle(which);
    await this.#commit();
  }

  async #flood(which: Contestant, named: boolean): Promise<void> {
    await using server = await this.#start(which);
    const result = await this.#measure(which, server, { measure: "throughput", named });
    this.#add(named ? "deliveries" : "deliveriesPlain", which, result.deliveriesPerSecond);
    this.#add(named ? "cpu" : "cpuPlain", which, result.cpuPerMillion);
    if (!named) return;
    this.#add("loadCores", which, result.loadCores);
    if (which === "bare") return;
    const { events, seconds } = await indexLag(server.data);
    this.#add("indexLag", which, events);
    this.#add("indexSeconds", which, seconds);
  }

  async #latency(which: Contestant): Promise<void> {
    await using server = await this.#start(which);
    const { p50, p99 } = await this.#measure(which, server, { measure: "latency" });
    this.#add("latencyP50", which, p50);
    this.#add("latencyP99", which, p99);
  }

  async #idle(which: Contestant): Promise<void> {
    await using server = await this.#start(which);
    const conns = this.#settings.idleConns;
    const rooms = Math.ceil(conns / 10);
    const order = { measure: "idle", conns, rooms } as const;
    const { bytesPerConnection } = await this.#measure(which, server, order);
    this.#add("memory", which, bytesPerConnection / 1024);
  }

  async #commit(): Promise<void> {
    await using server = await this.#start("parley");
    const result = await this.#measure("parley", server, { measure: "commit" });
    this.#add("commitP50", "parley", result.p50);
    this.#add("commitP99", "parley", result.p99);
    const sync = await syncTimes(server.data, this.#settings.commits);
    this.#add("syncP50", "bare", sync.p50);
    this.#add("syncP99", "bare", sync.p99);
  }

  #start(which: Contestant): Promise<Running> {
    return start(which, this.#settings);
  }

  async #measure(which: Contestant, server: Running, order: Partial<Order>): Promise<Result> {
    const { conns, senders, window, rate, seconds, warmSeconds, commits, pin } = this.#settings;
    const whole: Order = {
      ...usualOrder,
      ...{ conns, senders, window, rate, seconds, warmSeconds, commits },
      ...order,
      answers: which !== "bare",
      port: server.port,
      pid: server.pid,
    };
    const result = readResult(await runLoad(orderArgs(whole), pin));
    const fault = sentence(result);
    if (fault !== undefined) this.faults.push(`${which}, ${whole.measure}: ${fault}`);
    return result;
  }

  #add(name: FigureName, which: Contestant, value: number): void {
    this.figures.add(name, which, value);
  }
}

/** What was wrong, or `undefined`. */
function sentence({ verified, faults }: Checked): string | undefined {
  if (verified) return undefined;
  const wrong = Object.entries(faults).filter(([, count]) => count !== 0);
  return wrong.map(([what, count]) => `${count} ${what}`).join(", ");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
