/** Where a server's page is, as the form of the first visit asks for it. Pure. */

/** What is in the form. */
export interface Wanted {
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

/** Where this page came from. */
export type From = Pick<Location, "protocol" | "hostname" | "port">;

/** The form as it is filled in at first: with the server that the page came from. */
export function wantedAt({ protocol, hostname, port }: From, user: string): Wanted {
  const usual = protocol === "https:" ? "443" : "80";
  return { user, host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? usual : port };
}

/** What the form comes to: a sentence about what is wrong, this server, or another one's address. */
export type Goal =
  | { readonly is: "wrong"; readonly sentence: string }
  | { readonly is: "here"; readonly user: string }
  | { readonly is: "elsewhere"; readonly address: string };
