/** One's name, password and devices. */

import { useEffect, useState } from "preact/hooks";
import { limits } from "../../lib/limits.ts";
import type { Ok } from "../../lib/protocol.ts";
import { printableLine } from "../../lib/printable.ts";
import { roleWords } from "../role_words.ts";
import { shortTime } from "../text/times.ts";
import { type Asking, useAsking } from "./asking.ts";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** Everything about one's account. */
export function AccountView({ model, ui }: PageProps) {
  const me = model.me.value;
  const isOnline = model.status.value.is === "online";
  const [changes, setChanges] = useState(0);
  const props = { model, ui, onChange: () => setChanges(changes + 1) };
  return (
    <section class="place" aria-label="Account">
      <PlaceHead title="Account" ui={ui} />
      <div class="place-body settings" tabIndex={0} role="region" aria-label="Your account">
        {me && (
          <section class="group">
            <h3>{printableLine(me.user)}</h3>
            <p class="account-about">You are {roleWords[me.role].own}.</p>
            {me.role === "guest"
              ? <RegisterForm {...props} user={me.user} />
              : <PasswordForm {...props} user={me.user} />}
          </section>
        )}
        {isOnline && me && <Devices key={changes} {...props} isGuest={me.role === "guest"} />}
        {!isOnline && <p class="empty">Your devices are shown with a connection.</p>}
      </div>
    </section>
  );
}

interface FormProps extends PageProps {
  readonly user: string;
  /** Who may come in, and where, is another now. */
  onChange(): void;
}

/** Makes the name one's own. */
function RegisterForm({ model, user }: FormProps) {
  const [password, setPassword] = useState("");
  const asking = useAsking();
  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void asking.ask(() => model.register(password));
      }}
    >
      <p>With a password the name stays yours, and you come in as yourself from anywhere.</p>
      <UserField user={user} />
      <PasswordField
        label="A password for it"
        autoComplete="new-password"
        value={password}
        asking={asking}
        onChange={setPassword}
      />
      <Said asking={asking} />
      <button type="submit" class="button primary" disabled={asking.isBusy}>
        Make the name yours
      </button>
    </form>
  );
}

function PasswordForm({ model, user, onChange }: FormProps) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const asking = useAsking();
  return (
    <form
      class="account-form"
      onSubmit={async (event) => {
        event.preventDefault();
        const done = "Your password is another one now; your other devices are signed out";
        if (!await asking.ask(() => model.send("password", { old, new: password }), done)) return;
        setOld("");
        setPassword("");
        onChange();
      }}
    >
      <UserField user={user} />
      <PasswordField
        label="Your password now"
        autoComplete="current-password"
        value={old}
        asking={asking}
        onChange={setOld}
      />
      <PasswordField
        label="A new password"
        autoComplete="new-password"
        value={password}
        asking={asking}
        onChange={setPassword}
      />
      <Said asking={asking} />
      <button type="submit" class="button" disabled={asking.isBusy}>Change the password</button>
    </form>
  );
}

/** For password managers, which keep a password under a name. */
function UserField({ user }: { readonly user: string }) {
  return (
    <input
      class="hidden"
      name="user"
      autoComplete="username"
      value={user}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}

function PasswordField({ label, autoComplete, value, asking, onChange }: {
  readonly label: string;
  readonly autoComplete: "new-password" | "current-password";
  readonly value: string;
  readonly asking: Asking;
  onChange(value: string): void;
}) {
  return (
    <label class="account-field">
      <span>{label}</span>
      <input
        class="field"
        type="password"
        name={autoComplete}
        autoComplete={autoComplete}
        {...autoComplete === "new-password" && { minLength: limits.passwordCharsMin }}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
        aria-invalid={asking.said?.is === "wrong"}
        required
      />
    </label>
  );
}

/** What came of it. */
export function Said({ asking: { said } }: { readonly asking: Asking }) {
  return (
    <p class={said?.is === "wrong" ? "trouble" : "quiet"} role="status">
      {said && printableLine(said.text)}
    </p>
  );
}

type Login = Ok<"logins">["logins"][number];

/** Where one is logged in, and leaving. */
function Devices({ model, isGuest }: PageProps & { readonly isGuest: boolean }) {
  const [logins, setLogins] = useState<readonly Login[] | undefined>(undefined);
  const [isLeaving, setLeaving] = useState(false);
  const asking = useAsking();
  const read = async () => setLogins((await model.send("logins", {})).logins);
  useEffect(() => void asking.ask(read), []);
  const end = (login: Login) =>
    asking.ask(async () => {
      await model.send("revoke", { login: login.login });
      await read();
    }, `${nameOf(login)} is signed out`);
  return (
    <section class="group">
      <h3>Your devices</h3>
      <ul class="account-list" aria-label="Devices">
        {logins?.map((login) => (
          <li key={login.login} class="account-line">
            <span class="file-words">
              <span>{nameOf(login)}</span>
              <span class="quiet">
                {login.here ? "This one" : `Last used ${shortTime(login.at, model.now.peek())}`}
              </span>
            </span>
            {!login.here && (
              <button
                type="button"
                class="button"
                disabled={asking.isBusy}
                onClick={() => void end(login)}
              >
                Sign out<span class="hidden">{nameOf(login)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <Said asking={asking} />
      {isLeaving
        ? (
          <div class="account-leaving">
            <p id="account-leaving">
              {isGuest
                ? "Every device forgets who you are, and your name is free for others."
                : "Every device, this one too, has to be given your password again."}
            </p>
            <div class="buttons">
              <button
                type="button"
                class="button sure"
                aria-describedby="account-leaving"
                onClick={() => model.signOut(true)}
              >
                Sign out everywhere
              </button>
              <button type="button" class="button" onClick={() => setLeaving(false)}>Stay</button>
            </div>
          </div>
        )
        : (
          <button type="button" class="button" onClick={() => setLeaving(true)}>
            Sign out everywhere…
          </button>
        )}
    </section>
  );
}

function nameOf({ agent }: Login): string {
  return agent === "" ? "A client without a name" : printableLine(agent);
}
