import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { Journal } from "../../lib/log.ts";
import { listenHttp } from "../../lib/net/http.ts";
import type { Route, WebRequest } from "../../lib/net/route.ts";
import { WebCounts } from "../../lib/net/web_counts.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { TestServer } from "../helpers/peer.ts";
import { parseAnswer, rawRequest, readToEnd, sendAll } from "../helpers/raw_http.ts";
import { standsStill } from "../helpers/still.ts";
import { WebScene } from "../helpers/web_scene.ts";

function route(method: string, pattern: string, run: Route["run"]): Route {
  return { method, pattern, run };
}

/** Answers what `see` makes of the request. */
function seeing(see: (request: WebRequest) => unknown, method = "GET"): Route {
  return route(
    method,
    "/see",
    (_core, request) => Promise.resolve({ status: 200, body: JSON.stringify(see(request)) }),
  );
}

const counting = route("POST", "/count", async (_core, request) => {
  let bytes = 0;
  for await (const chunk of request.body()) bytes += chunk.length;
  return { status: 200, body: String(bytes) };
});

Deno.test("a route sees the path, the query and the headers", async () => {
  const routes = [seeing(({ path, query, headers: { x_y: _none, ...headers }, remote }) => [
    path,
    [...query],
    headers["x-word"],
    remote,
  ])];
  await using scene = await WebScene.start(routes);
  const { text } = await scene.ask("/see?a=%20b&a=c&x", { headers: { "X-Word": "hi" } });
  assertEquals(JSON.parse(text), [
    ["see"],
    [["a", " b"], ["a", "c"], ["x", ""]],
    "hi",
    "127.0.0.1",
  ]);
});

Deno.test("a route sees the bearer's token, else the cookie's", async () => {
  await using scene = await WebScene.start([seeing(({ token, byCookie }) => [token, byCookie])]);
  const tokens: [Record<string, string>, unknown][] = [
    [{}, [null, false]],
    [{ authorization: "Bearer abc" }, ["abc", false]],
    [{ authorization: "bearer abc" }, ["abc", false]],
    [{ authorization: "Basic abc" }, [null, false]],
    [{ cookie: `a=b; ${scene.cookie}=xyz; ${scene.cookie}2=no` }, ["xyz", true]],
    [{ cookie: `${scene.cookie}=` }, [null, false]],
    [{ cookie: `${scene.cookie}=xyz`, authorization: "Bearer abc" }, ["abc", false]],
  ];
  for (const [headers, seen] of tokens) {
    const { body } = await rawRequest(scene.port, "GET /see", { headers });
    assertEquals(JSON.parse(body), seen, JSON.stringify(headers));
  }
});

Deno.test("every answer forbids what a page of ours never needs, also refusals", async () => {
  await using scene = await WebScene.start([seeing(() => 1)]);
  for (const path of ["/see", "/nope", "/%zz"]) {
    const { headers } = await scene.ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assert(!/unsafe|\*|http|data:/.test(policy), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    assertEquals(headers.get("cache-control"), "no-store");
  }
});

Deno.test("a ChatError is answered by its code's status, anything else by 500 and in the log", async () => {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text);
  const journal = new Journal({ write, clock: systemClock(), format: "text" });
  const failing = (path: string, error: Error) => route("GET", path, () => Promise.reject(error));
  const full = new ChatError("not_granted", "Wait for a place", { retryMs: 1500 });
  await using scene = await WebScene.start([
    failing("/full", full),
    failing("/hidden", new ChatError("no_such_file", "There is no such file")),
    failing("/bug", new TypeError("undefined is not /a/secret/path")),
  ], { journal });
  const answer = await scene.ask("/full");
  assertEquals([answer.status, answer.headers.get("retry-after")], [503, "2"]);
  const { code, message, retry_ms } = answer.json;
  assertEquals([code, message, retry_ms], ["not_granted", "Wait for a place", 1500]);
  assertEquals(await scene.refused(404, "/hidden"), "no_such_file");
  const bug = await scene.ask("/bug");
  assertEquals([bug.status, bug.json.code], [500, "internal"]);
  assert(!bug.text.includes("secret"), bug.text);
  await journal.flush();
  assert(lines.join("").includes("undefined is not /a/secret/path"), lines.join(""));
});

Deno.test("a body is pulled as it comes, and one that is refused isn't waited for", async () => {
  const refusing = route("POST", "/refuse", () => Promise.resolve({ status: 403, body: "no" }));
  await using scene = await WebScene.start([counting, refusing]);
  const body = new Uint8Array(20 * 1024 * 1024);
  assertEquals((await scene.ask("/count", { method: "POST", body })).text, String(body.length));
  const refused = await rawRequest(scene.port, "POST /refuse", { body });
  assertEquals([refused.status, refused.body], [403, "no"]);
  assertEquals(refused.headers.connection, "close");
});

Deno.test("a body that is refused in its midst is answered, too", async () => {
  const refusing = route("POST", "/refuse", async (_core, request) => {
    let bytes = 0;
    for await (const chunk of request.body()) {
      bytes += chunk.length;
      if (bytes > 100_000) throw new ChatError("file_size", "That is too large");
    }
    return { status: 204 };
  });
  await using scene = await WebScene.start([refusing]);
  const body = new Uint8Array(900_000);
  const answer = await scene.ask("/refuse", { method: "POST", body });
  assertEquals([answer.status, answer.json.code], [413, "file_size"]);
});

/** What a log says of anything but other nodes, say. */
function withoutNotes(lines: readonly string[]): readonly string[] {
  return lines.join("").split("\n").filter((line) => line !== "" && !line.includes(" NOTE "));
}

Deno.test("a body whose peer leaves ends with an error, which isn't the log's", async () => {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text);
  const journal = new Journal({ write, clock: systemClock(), format: "text" });
  const [came, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()];
  const reading = route("POST", "/read", async (_core, request) => {
    try {
      for await (const _chunk of request.body()) came.resolve();
    } catch (error) {
      failed.resolve(error);
      throw error;
    }
    failed.resolve(undefined);
    return { status: 204 };
  });
  await using scene = await WebScene.start([reading], { journal });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  const head = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc";
  await conn.write(new TextEncoder().encode(head));
  await came.promise;
  conn.close();
  assert(await failed.promise instanceof Error);
  await scene.ask("/");
  await journal.flush();
  assertEquals(withoutNotes(lines), []);
});

/** A request whose body comes by and by, at a server whose time a test lets pass. */
async function dripping(bytes: number) {
  const clock = new FakeClock();
  const came = { bytes: 0 };
  const reading = route("POST", "/read", async (_core, request) => {
    for await (const chunk of request.body()) came.bytes += chunk.length;
    return { status: 200, body: String(came.bytes) };
  });
  const scene = await WebScene.start([reading], { clock });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  const head = `POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n` +
    "Connection: close\r\n\r\n";
  await conn.write(new TextEncoder().encode(head));
  return {
    clock,
    answer: readToEnd(conn),
    /** Sends so much more, and lets time pass once it is there. */
    async send(some: number, ms: number): Promise<void> {
      const wanted = came.bytes + some;
      await sendAll(conn, [new Uint8Array(some)]);
      while (came.bytes < wanted) await new Promise((resolve) => setTimeout(resolve, 0));
      await clock.tick(ms);
    },
    async [Symbol.asyncDispose]() {
      conn.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a body that drips is answered by 408, and its connection closed", async () => {
  await using drip = await dripping(1000);
  for (let ms = 0; ms < limits.webSlowMs; ms += 10_000) await drip.send(1, 10_000);
  // The peer has a moment to take the answer.
  await drip.clock.tick(limits.lingerMs);
  const { status, headers, body } = parseAnswer(await drip.answer);
  assertEquals([status, headers.connection], [408, "close"]);
  assertEquals(JSON.parse(body).code, "too_slow");
});

Deno.test("a body over a slow line, of 10 kB a second, comes to its end", async () => {
  const minutes = 5;
  await using line = await dripping(minutes * 600_000);
  for (let ms = 0; ms < minutes * 60_000; ms += 10_000) await line.send(100_000, 10_000);
  const { status, body } = parseAnswer(await line.answer);
  assertEquals([status, body], [200, String(minutes * 600_000)]);
});

Deno.test("a peer that asks whether to send is told to when its body is read, else refused", async () => {
  const refusing = route("POST", "/refuse", () => Promise.resolve({ status: 403, body: "no" }));
  await using scene = await WebScene.start([counting, refusing]);
  for (const [path, sends, status] of [["/count", true, 200], ["/refuse", false, 403]] as const) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n` +
      "Expect: 100-continue\r\nConnection: close\r\n\r\n";
    await conn.write(new TextEncoder().encode(head));
    if (sends) {
      const into = new Uint8Array(100);
      const length = await conn.read(into);
      const came = new TextDecoder().decode(into.subarray(0, length ?? 0));
      assert(came.startsWith("HTTP/1.1 100 "), came);
      await conn.write(new TextEncoder().encode("abc"));
    }
    const answer = parseAnswer(await readToEnd(conn));
    assertEquals([answer.status, answer.body], [status, sends ? "3" : "no"]);
  }
});

Deno.test("an answer is pulled as it is taken, and its source closed where the peer leaves", async () => {
  let pulled = 0;
  const closed = Promise.withResolvers<void>();
  const endless = route("GET", "/endless", () =>
    Promise.resolve({
      status: 200,
      body: {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: new Uint8Array(++pulled && 65_536) }),
          return: () => {
            closed.resolve();
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      },
    }));
  await using scene = await WebScene.start([endless]);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  await conn.write(new TextEncoder().encode("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await standsStill(() => pulled, () => rawRequest(scene.port, "GET /elsewhere"));
  // What the system's buffers hold went out.
  assert(pulled < 1000, `${pulled} pieces were pulled for nobody`);
  conn.close();
  await closed.promise;
});

Deno.test("HEAD gets the head of GET, and the source of its body is closed", async () => {
  let isClosed = false;
  async function* pieces() {
    yield new Uint8Array(5);
  }
  const body = { [Symbol.asyncIterator]: () => ({ ...iterator(pieces()), return: close }) };
  const close = () => {
    isClosed = true;
    return Promise.resolve({ done: true as const, value: undefined });
  };
  const headers = { "content-length": "5" };
  await using scene = await WebScene.start([
    route("GET", "/five", () => Promise.resolve({ status: 200, headers, body })),
  ]);
  const answer = await scene.ask("/five", { method: "HEAD" });
  assertEquals([answer.status, answer.headers.get("content-length"), answer.text], [200, "5", ""]);
  assert(isClosed);
  assertEquals((await scene.ask("/five")).bytes.length, 5);
});

function iterator(
  from: AsyncGenerator<Uint8Array>,
): { next(): Promise<IteratorResult<Uint8Array>> } {
  return { next: () => from.next() };
}

Deno.test("a route is told when the peer is lost", async () => {
  const [there, lost] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const waiting = route("GET", "/wait", async (_core, request) => {
    request.lost.addEventListener("abort", () => lost.resolve());
    there.resolve();
    await lost.promise;
    return { status: 204 };
  });
  await using scene = await WebScene.start([waiting]);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  await conn.write(new TextEncoder().encode("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await there.promise;
  conn.close();
  await lost.promise;
});

Deno.test("more connections from one address than its bound are cut", async () => {
  await using scene = await WebScene.start([seeing(() => 1)], {
    bounds: { connectionsPerAddressMax: 2 },
    alone: "each node counts for itself",
  });
  const dial = () => Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  const conns = [];
  for (let count = 0; count < 4; count++) conns.push(await dial());
  const ask = new TextEncoder().encode("GET /see HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const status = async (conn: Deno.Conn) => {
    const into = new Uint8Array(1000);
    const length = await conn.write(ask).then(() => conn.read(into)).catch(() => null);
    return parseAnswer(new TextDecoder().decode(into.subarray(0, length ?? 0))).status;
  };
  for (const conn of conns) assertEquals(await status(conn), 200);
  using fifth = await dial();
  assertEquals(await status(fifth), 0);
  for (const conn of conns) conn.close();
  // They are gone when the server has seen it, which no answer tells.
  for (;;) {
    using again = await dial();
    if (await status(again) === 200) break;
  }
});

Deno.test("a connection whose upgrade was refused is given back, whether its peer leaves or stays", async () => {
  await using scene = await WebScene.start([seeing(() => 1)], {
    bounds: { connectionsPerAddressMax: 1 },
  });
  const dial = () => Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  const head = "HTTP/1.1\r\nHost: localhost\r\n";
  const upgrade = new TextEncoder().encode(
    `GET /see ${head}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
  );
  const ask = new TextEncoder().encode(`GET /see ${head}Connection: close\r\n\r\n`);
  using stays = await dial();
  await stays.write(upgrade);
  const leaves = await dial();
  await leaves.write(upgrade);
  assertEquals((await leaves.read(new Uint8Array(1000)) ?? 0) > 0, true);
  leaves.close();
  const answers: number[] = [];
  const until = performance.now() + 10_000;
  // That they are gone no answer tells: two more have a place when both are.
  while (performance.now() < until && !(answers[0] === 200 && answers[1] === 200)) {
    using one = await dial();
    using other = await dial();
    answers.length = 0;
    for (const conn of [one, other]) {
      await conn.write(ask).catch(() => 0);
      answers.push(parseAnswer(await readToEnd(conn)).status);
    }
  }
  assertEquals(answers, [200, 200]);
});

Deno.test("a peer that sends nonsense behind its request is no error in the log", async () => {
  const lines: string[] = [];
  const journal = new Journal({
    write: (text) => void lines.push(text),
    clock: systemClock(),
    format: "text",
    quiet: true,
  });
  const lost = Promise.withResolvers<void>();
  const large = route("GET", "/large", (_core, request) => {
    request.lost.addEventListener("abort", () => lost.resolve());
    return Promise.resolve({ status: 200, body: new Uint8Array(16 * 1024 * 1024) });
  });
  await using scene = await WebScene.start([large], { journal });
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  // The answer is under way, and isn't taken.
  await conn.write(new TextEncoder().encode("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await conn.read(new Uint8Array(1000));
  await conn.write(new TextEncoder().encode("nonsense\r\n\r\n"));
  await lost.promise;
  await scene.server.core.journal.flush();
  assertEquals(withoutNotes(lines), []);
});

Deno.test("listenHttp() says what is wrong with an address and what to do", async () => {
  await using server = await TestServer.start();
  using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = held.addr;
  const options = { names: [], routes: [], counts: new WebCounts() };
  const { message } = await assertRejects(
    () => listenHttp(server.core, { ...options, hostname: "127.0.0.1", port }),
    Error,
  );
  assertEquals(
    message,
    `Cannot listen on 127.0.0.1:${port}: another program does; ` +
      "stop that one, name another port with --web-port, or say --no-web",
  );
});
