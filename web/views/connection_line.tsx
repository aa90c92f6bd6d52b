/** How the connection stands, in few words. */

import type { LinkStatus } from "../../lib/client/link.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";

/** Whether there is a connection, and when there will be one. */
export function ConnectionLine({ model }: { readonly model: Model }) {
  const status = model.status.value;
  const isStalled = status.is === "online" && status.isStalled;
  return (
    <p class={`connection ${isStalled ? "stalled" : status.is}`} role="status" aria-live="off">
      <span class="connection-dot" aria-hidden="true" />
      {status.is === "waiting" ? <Waiting status={status} model={model} /> : textOf(status)}
    </p>
  );
}

function Waiting({ status, model }: {
  readonly status: Extract<LinkStatus, { is: "waiting" }>;
  readonly model: Model;
}) {
  const seconds = Math.max(1, Math.ceil((status.until - model.now.value) / 1000));
  return (
    <>
      {/* A clock that ticks isn't news. */}
      <span title={printableLine(status.reason)}>
        Offline<span aria-hidden="true">, again in {seconds} s</span>
      </span>
      <button type="button" class="link-button" onClick={() => model.reconnect()}>Now</button>
    </>
  );
}

function textOf(status: Exclude<LinkStatus, { is: "waiting" }>): string {
  switch (status.is) {
    case "connecting":
      return status.attempt > 1 ? "Connecting again" : "Connecting";
    case "online":
      return status.isStalled ? "Connected; what you write waits" : "Connected";
    case "ended":
      return status.error === undefined ? "Disconnected" : printableLine(status.error.message);
    default:
      return status satisfies never;
  }
}
