/** How long the page's own tasks take: what Chromium traces of its main thread. */

import type { CDPSession } from "playwright-core";

/** The longest task of a while, in milliseconds. */
export interface LongestTask {
  /** By the clock: on a busy machine also the time in which others had the processor. */
  readonly wall: number;
  /** The processor's time that it took. */
  readonly cpu: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const categories = "disabled-by-default-devtools.timeline,toplevel";

/** Traces while `act` runs. */
export async function longestTask(session: CDPSession, act: () => Promise<void>) {
  const events: TraceEvent[] = [];
  const take = ({ value }: { readonly value: unknown[] }) => {
    for (const event of value) events.push(event as TraceEvent);
  };
  session.on("Tracing.dataCollected", take);
  await session.send("Tracing.start", { categories, transferMode: "ReportEvents" });
  try {
    await act();
  } finally {
    const done = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await done;
    session.off("Tracing.dataCollected", take);
  }
  return longestOf(events);
}

function longestOf(events: readonly TraceEvent[]): LongestTask {
  const main = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid }) =>
    name === "RunTask" && main.has(`${pid} ${tid}`)
  );
  if (tasks.length === 0) throw new Error("The browser has traced no task of the page");
  return {
    wall: Math.max(...tasks.map(({ dur = 0 }) => dur / 1000)),
    cpu: Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000)),
  };
}
