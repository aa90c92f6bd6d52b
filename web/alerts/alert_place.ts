/** What a browser has to tell somebody who looks elsewhere: notifications, icons, a tone. */

import type { Marks } from "./alert_rules.ts";
import type { AlertText } from "./alert_text.ts";
import { iconDrawer } from "./alert_icon.ts";
import type { Notifying } from "../model.ts";

/** A notification. */
export interface Alert extends AlertText {
  /** What it is about: of one subject only the last one is shown. */
  readonly tag: string;
  /** Where in the page a click leads: the address from its `#` on. */
  readonly hash: string;
}

/** What is used of a browser. */
export interface AlertPlace {
  /** Calls `go` with the address of a notification that its user turned to beside the page. */
  onTurned(go: (hash: string) => void): void;
  /** Whether notifications are shown now. */
  readonly notifying: Notifying;
  /** Asks its user whether they may be; only while they do something. */
  ask(): Promise<unknown>;
  /** Shows one; `onClick` where its user turns to it here. Returns what takes it away. */
  show(alert: Alert, onClick: () => void): () => void;
  /** Shows at the tab, and at the program where the page is one, how much there is. */
  mark(marks: Marks): void;
  /** A short soft tone. */
  sound(): void;
}

const picture = "/icon_192.png";

/** This browser. */
export function alertPlace(): AlertPlace {
  const draw = iconDrawer(picture);
  const sound = toneMaker();
  const worker = new WorkerAlerts();
  return {
    get notifying() {
      if (!isSecureContext) return "insecure";
      if (!("Notification" in globalThis)) return "unable";
      const { permission } = Notification;
      return permission === "granted" ? "shows" : permission === "denied" ? "refused" : "asks";
    },
    onTurned(go) {
      if (!("serviceWorker" in navigator)) return;
      navigator.serviceWorker.addEventListener("message", ({ data }) => {
        if (typeof data?.hash === "string") go(data.hash);
      });
    },
    ask: () => Notification.requestPermission(),
    show(alert, onClick) {
      const { title, body, tag, hash } = alert;
      // Sounds are the page's own, and off until they are asked for.
      const look = { body, tag, icon: picture, silent: true, renotify: true, data: { hash } };
      try {
        const shown = new Notification(title, look);
        shown.onclick = () => {
          focus();
          onClick();
          shown.close();
        };
        return () => shown.close();
      } catch (error) {
        // On phones only a service worker may, and a click is told to it.
        if (!(error instanceof TypeError)) throw error;
        worker.show(title, look);
        return () => worker.close(tag);
      }
    },
    mark(marks) {
      draw(marks);
      if (!("setAppBadge" in navigator)) return;
      const { unread, calling } = marks;
      // A badge without a number says that there is something.
      const marked = unread === 0
        ? navigator.clearAppBadge()
        : navigator.setAppBadge(...calling > 0 ? [calling] : []);
      // Not every system has them.
      marked.catch(() => {});
    },
    sound,
  };
}

/**
 * What the service worker shows for the page. One thing at a time: a Chromium that is asked what is
 * shown while a notification comes up forgets that one, which then nobody can take away.
 */
class WorkerAlerts {
  #last: Promise<void> = Promise.resolve();

  show(title: string, look: NotificationOptions): void {
    // One that has just come shows nothing yet; without one there is the title, and the page itself.
    this.#next((worker) => worker.showNotification(title, look));
  }

  close(tag: string): void {
    this.#next(async (worker) => {
      for (const shown of await worker.getNotifications({ tag })) shown.close();
    });
  }

  #next(act: (worker: ServiceWorkerRegistration) => Promise<void>): void {
    // What can't be done now holds up nothing that comes after it.
    this.#last = this.#last.then(() => navigator.serviceWorker.ready).then(act).catch(() => {});
  }
}

/** Each tone in Hz, when it begins and how long it lasts in seconds. */
const tones = [[587.33, 0, 0.22], [880, 0.09, 0.3]] as const;
/** Of 1: to be noticed in a quiet room. */
const loudness = 0.06;

/** Two soft tones, one after the other, made by the browser. */
function toneMaker(): () => void {
  let audio: AudioContext | undefined;
  return () => {
    if (!("AudioContext" in globalThis)) return;
    audio ??= new AudioContext();
    // A page that nobody has touched yet may make no sound.
    audio.resume().catch(() => {});
    for (const [pitch, begins, lasts] of tones) {
      const from = audio.currentTime + begins;
      const tone = new OscillatorNode(audio, { type: "sine", frequency: pitch });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(loudness, from + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, from + lasts);
      tone.connect(gain).connect(audio.destination);
      tone.start(from);
      tone.stop(from + lasts);
    }
  };
}
