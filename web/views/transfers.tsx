/** Files on their way, those that wait for this user, and those that have ended. */

import type { ComponentChildren } from "preact";
import { sizeText, timeText } from "../../lib/client/amounts.ts";
import { fileName } from "../../lib/client/find_file.ts";
import { isUnderWay, type TransferView as Transfer } from "../../lib/client/transfer_state.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Resting } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { SendFiles } from "./drop_area.tsx";
import { FileBadge } from "./file_badge.tsx";
import { Icon, IconButton } from "./icons.tsx";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** Everything about files that move. */
export function TransfersView({ model, ui }: PageProps) {
  const transfers = model.transfers.value;
  const moving = transfers.filter(isUnderWay);
  const ended = transfers.filter((each) => !isUnderWay(each)).reverse();
  const asked = model.asked.value;
  const resting = model.resting.value;
  const isEmpty = transfers.length + asked.length + resting.length === 0;
  return (
    <section class="place" aria-label="Transfers">
      <PlaceHead title="Transfers" ui={ui}>
        <SendFiles model={model} />
      </PlaceHead>
      <div class="place-body" tabIndex={0} role="region" aria-label="Files on their way">
        {isEmpty && (
          <p class="empty">
            Nothing is on its way. Choose files here, or drop them anywhere on this page.
          </p>
        )}
        <Group title="Sent to you" count={asked.length}>
          {asked.map((file) => (
            <li key={file.file} class="transfer">
              <FileBadge name={file.name} />
              <div class="file-words">
                <span class="file-name">{printableLine(file.name)}</span>
                <span class="quiet">
                  {sizeText(file.size)} from {printableLine(file.user)}
                </span>
              </div>
              <button type="button" class="button primary" onClick={() => model.accept(file)}>
                Accept
              </button>
              <button type="button" class="button" onClick={() => model.decline(file)}>
                Decline
              </button>
            </li>
          ))}
        </Group>
        <Group title="From your last visit" count={resting.length}>
          {resting.map((each) => <RestingRow key={each.id} resting={each} model={model} ui={ui} />)}
        </Group>
        <Group title="On their way" count={moving.length}>
          {moving.map((each) => (
            <TransferRow key={each.number} transfer={each} model={model} ui={ui} />
          ))}
        </Group>
        <Group title="Ended" count={ended.length}>
          {ended.map((each) => (
            <TransferRow key={each.number} transfer={each} model={model} ui={ui} />
          ))}
        </Group>
      </div>
    </section>
  );
}

function Group({ title, count, children }: {
  readonly title: string;
  readonly count: number;
  readonly children: ComponentChildren;
}) {
  if (count === 0) return null;
  return (
    <section class="group">
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

/** A file that moves, with how far it is. */
export function TransferRow({ transfer, model }: PageProps & { readonly transfer: Transfer }) {
  const { name, way, bytes, size, standing, place } = transfer;
  const isMoving = isUnderWay(transfer);
  const whole = fileName(transfer);
  const failed = standing.is === "failed";
  return (
    <li class={failed ? "transfer failed" : "transfer"}>
      <FileBadge name={name} />
      <div class="file-words">
        <span class="file-name">
          {isMoving && <span class="hidden">{way === "up" ? "Sending " : "Fetching "}</span>}
          {whole}
          <span class="quiet">{way === "up" ? " to " : " from "}{placeSign(place.room)}</span>
        </span>
        {isMoving && (
          <progress max={Math.max(1, size)} value={bytes} aria-label={`How far ${whole} is`} />
        )}
        <span class={failed ? "trouble" : "quiet"}>{standingText(transfer)}</span>
      </div>
      {standing.is === "done" && (
        <>
          <Icon name="check" />
          <span class="hidden">{way === "up" ? "Sent" : "Fetched"}</span>
        </>
      )}
      {isMoving && (
        <IconButton
          name="close"
          label={`Cancel ${whole}`}
          isQuiet
          onClick={() => model.cancel(transfer)}
        />
      )}
    </li>
  );
}

function RestingRow({ resting, model }: PageProps & { readonly resting: Resting }) {
  const { name, room, needs } = resting;
  const whole = fileName(resting);
  return (
    <li class="transfer">
      <FileBadge name={name} />
      <div class="file-words">
        <span class="file-name">
          {whole} <span class="quiet">to {placeSign(room)}</span>
        </span>
        <span class="quiet">
          {needs === "permission"
            ? "The browser asks before it reads the file again"
            : "Choose the same file again to go on where it stopped"}
        </span>
      </div>
      <button type="button" class="button primary" onClick={() => model.resume(resting)}>
        {needs === "permission" ? "Go on" : "Choose"}
      </button>
      <IconButton
        name="close"
        label={`Give up ${whole}`}
        isQuiet
        onClick={() => model.forget(resting)}
      />
    </li>
  );
}

/** How a transfer stands, in words. */
function standingText({ standing, bytes, size, rate }: Transfer): string {
  const part = `${sizeText(bytes)} of ${sizeText(size)}`;
  switch (standing.is) {
    case "waiting":
      return bytes > 0 ? `${part}, waits` : `${sizeText(size)}, waits`;
    case "queued":
      return `${sizeText(size)}, place ${standing.place} in the queue`;
    case "moving":
      return rate === 0
        ? part
        : `${part} · ${sizeText(rate)}/s · ${timeText((size - bytes) / rate)} left`;
    case "checking":
      return `${sizeText(size)}, being checked`;
    case "done":
      return sizeText(size);
    case "failed":
      return printableLine(standing.error.message);
    case "cancelled":
      return "Cancelled";
    default:
      return standing satisfies never;
  }
}
