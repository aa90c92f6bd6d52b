/** The form of the first visit: who one is, and which server. */

import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** What the form says. */
export interface WelcomeForm {
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

/** What the form is drawn with. */
export interface WelcomeProps {
  /** What is filled in already. */
  readonly form: WelcomeForm;
  /** The server's name, where it is known. */
  readonly server?: string;
  /** Why one isn't in yet, for people. */
  readonly trouble?: string;
  /** Whether a connection is being made. */
  readonly isBusy: boolean;
  onConnect(form: WelcomeForm): void;
}

/** Name, address, port, Connect. */
export function Welcome({ form, server, trouble, isBusy, onConnect }: WelcomeProps) {
  const [typed, setTyped] = useState(form);
  const isWhole = Object.values(typed).every((value) => value.trim() !== "");
  return (
    <main class="welcome">
      <form
        class="welcome-card"
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole && !isBusy) onConnect(typed);
        }}
      >
        <h1>{server ?? "Parley"}</h1>
        <p class="lead">Talk and share files with everybody on this network.</p>
        <label>
          Your name
          <input
            class="field"
            name="user"
            autocomplete="nickname"
            autocapitalize="off"
            spellcheck={false}
            maxLength={64}
            required
            ref={(field) => {
              if (field && document.activeElement === document.body) field.focus();
            }}
            value={typed.user}
            onInput={({ currentTarget: { value } }) => setTyped({ ...typed, user: value })}
          />
        </label>
        <div class="where">
          <label>
            Address
            <input
              class="field"
              name="host"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              required
              value={typed.host}
              onInput={({ currentTarget: { value } }) => setTyped({ ...typed, host: value })}
            />
          </label>
          <label>
            Port
            <input
              class="field"
              name="port"
              inputMode="numeric"
              autocomplete="off"
              pattern="[0-9]{1,5}"
              required
              value={typed.port}
              onInput={({ currentTarget: { value } }) => setTyped({ ...typed, port: value })}
            />
          </label>
        </div>
        {trouble !== undefined && (
          <p class="trouble" role="alert">
            <Icon name="warning" /> {trouble}
          </p>
        )}
        <button type="submit" class="button primary" disabled={!isWhole || isBusy}>
          {isBusy ? "Connecting" : "Connect"}
        </button>
      </form>
    </main>
  );
}
