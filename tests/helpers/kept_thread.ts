/** A thread that is lent to one module after the other: each is made anew, what it imports isn't. */

/** What says which module comes next. */
export interface Loan {
  readonly url: string;
}

/** The part of a worker's global scope that this needs. */
interface Scope {
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
  postMessage(message: "lent"): void;
}

// The types of pages and workers can't be loaded together; at run time this is a worker.
const scope = globalThis as unknown as Scope;

// It was here first, and so it hears a loan before the module of the last one does.
scope.addEventListener("message", (event) => {
  if (!isLoan(event.data)) return;
  event.stopImmediatePropagation();
  void import(event.data.url).then(() => scope.postMessage("lent"));
});

function isLoan(message: unknown): message is Loan {
  return typeof message === "object" && message !== null && "url" in message;
}
