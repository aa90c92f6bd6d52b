/** One conversation as its user knows it: the log followed, the messages shown, what goes out. */

import type { Clock } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import { decodeEventsFor } from "./decode.ts";
import { isShown, type Person, type Place, type StoredEvent } from "../events.ts";
import { limits } from "../limits.ts";
import { type ConversationId, lobby, pairId, type Uid } from "../names.ts";
import type { Ok } from "../protocol.ts";
import { apply, emptyRoom, type Room } from "../rooms.ts";
import { Follower, type LogEntry, type LogPage, type Origin } from "./follower.ts";
import { mentions } from "./mentions.ts";
import { afterEvent, indexOfSeq } from "./messages.ts";
import type { ChatChange, ConversationView, Outgoing } from "./state.ts";
