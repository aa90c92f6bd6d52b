/** nginx with one folder, set up for large files: sendfile for what goes out, PUT for what comes. */

import { program, said, type Served, type Spawning } from "../spawning.ts";

/** Starts one process of it; resolves when it listens. */
export async function startNginx(
  path: string,
  folder: string,
  spawning: Spawning,
): Promise<Served> {
  await Deno.mkdir(`${folder}/files`);
  const port = freePort();
  const config = `${folder}/nginx.conf`;
  await Deno.writeTextFile(config, configOf(folder, port));
  const child = program(path, ["-p", folder, "-c", config], spawning).spawn();
  // It says its version after it has bound its port.
  await said(child.stdout, /nginx\/\d/, "nginx");
  return { port, child };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function configOf(folder: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) =>
    `${of}_temp_path ${folder}/${of};`
  );
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log /dev/stdout notice;
events {}
http {
  access_log off;
  sendfile on;
  ${temporary.join("\n  ")}
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
    client_max_body_size 0;
    client_body_buffer_size 256k;
    location / { dav_methods PUT; }
  }
}
`;
}
