import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, type FaultRule, type SourceName, spoil, strikingFault } from "./faults.ts";
import { hashOf, type LoggedRequest, type RequestLog } from "./request-log.ts";
import type { Answer, StandIn } from "./stand-in.ts";

export interface SourceServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly name: SourceName;
  /** Made on the first request. */
  readonly standIn: () => StandIn;
  readonly rules: readonly FaultRule[];
  readonly log: RequestLog;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const BODY_LIMIT = 1_000_000;

/** One source behind its own port of 127.0.0.1, so that it can be slow, broken or gone without the others. */
export async function startServer(options: ServerOptions): Promise<SourceServer> {
  const { name, rules } = options;
  let running = 0;
  const server = createServer((request, response) => {
    running += 1;
    response.once("close", () => {
      running -= 1;
    });
    handle(options, request, response, running).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.keepAliveTimeout = 2000;
  const port = await listen(server, 0);
  const refused = rules.find(
    (rule) => rule.source === name && rule.fault.kind === "refused",
  )?.fault;
  let reopening: NodeJS.Timeout | undefined;
  if (refused?.kind === "refused") {
    await stop(server);
    if (refused.ms !== undefined) {
      reopening = setTimeout(() => void listen(server, port), refused.ms);
    }
  }
  return {
    port,
    async close() {
      clearTimeout(reopening);
      await stop(server);
    },
  };
}

async function handle(
  { name, standIn, rules, log, clock }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  concurrent: number,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error("request body over the limit");
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const now = new Date(clock());
  const path = request.url ?? "/";
  const method = request.method ?? "GET";
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([key, value]) => [key, String(value ?? "")]),
  );
  const counts = {
    of: (source: SourceName, part: string | undefined) => log.count(source, part) + 1,
  };
  const fault = strikingFault(rules, name, path, counts);
  const entry: LoggedRequest = {
    time: now.getTime(),
    source: name,
    method,
    path,
    headers,
    bodyHash: hashOf(body),
    concurrent,
    status: 0,
    fault: fault?.kind,
  };
  log.add(entry);
  const asked = { method, path, headers, body, concurrent, now };
  await standIn().prepare?.(asked);
  const honest = standIn().answer(asked);
  // What was refused for its own sake is not made worse: a fault needs a good answer to spoil.
  const answer = fault && honest.status < 300 ? spoil(honest, fault, name, path, now) : honest;
  await send(response, answer, { fault, method, entry, now });
}

interface Sending {
  readonly fault: Fault | undefined;
  readonly method: string;
  readonly entry: LoggedRequest;
  readonly now: Date;
}

async function send(
  response: ServerResponse,
  answer: Answer,
  { fault, method, entry, now }: Sending,
): Promise<void> {
  const { status, body } = answer;
  if (fault?.kind === "hang") return;
  if (fault?.kind === "slow") await sleep(fault.ms);
  if (fault?.kind === "reset" && fault.bytes === undefined) {
    response.socket?.resetAndDestroy();
    return;
  }
  entry.status = status;
  response.sendDate = false;
  response.writeHead(status, {
    date: now.toUTCString(),
    server: "Apache/2.4.62",
    ...answer.headers,
    ...(status === 304 ? {} : { "content-length": String(body.length) }),
  });
  if (method === "HEAD" || status === 304) {
    response.end();
    return;
  }
  if (fault?.kind === "reset" || fault?.kind === "short") {
    const sent = body.subarray(0, Math.min(fault.bytes ?? 0, body.length - 1));
    await new Promise((resolve) =>
      response.write(sent.length > 0 ? sent : Buffer.alloc(1), resolve),
    );
    // Give the client the bytes before the end reaches it.
    await sleep(5);
    if (fault.kind === "reset") response.socket?.resetAndDestroy();
    else response.socket?.destroy();
    return;
  }
  if (fault?.kind === "drip") {
    for (let at = 0; at < body.length && !response.destroyed; at += fault.bytes) {
      response.write(body.subarray(at, at + fault.bytes));
      await sleep(fault.ms);
    }
    response.end();
    return;
  }
  response.end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
