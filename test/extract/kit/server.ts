import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Reply = (response: ServerResponse, seen: Seen) => void;

export interface Server {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Every request, in order. */
  readonly seen: Seen[];
}

/** A server on loopback: the nth request gets the nth reply, further ones the last. */
export async function serve(...replies: Reply[]): Promise<Server> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      const reply = replies[Math.min(seen.length, replies.length) - 1];
      reply?.(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** A whole answer. */
export function reply(
  status: number,
  body: string | Buffer = "",
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Fewer bytes than `Content-Length` promises, then the connection closes. */
export function cut(body: string, promised = body.length + 1000): Reply {
  return (response) => {
    response.writeHead(200, { "content-length": String(promised) });
    response.write(body, () => response.destroy());
  };
}

/** A chunked body whose connection is reset in the middle. */
export function reset(body: string): Reply {
  return (response) => {
    response.writeHead(200);
    response.write(body, () => response.socket?.resetAndDestroy());
  };
}

export function gzipped(body: string | Buffer): Reply {
  return reply(200, gzipSync(body), { "content-encoding": "gzip" });
}
