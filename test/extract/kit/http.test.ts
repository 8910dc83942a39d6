import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { realEffects } from "../../../extract/kit/effects.ts";
import { type Http, openHttp } from "../../../extract/kit/http.ts";
import { cut, gzipped, type Reply, reply, reset, serve } from "./server.ts";

function open(signal = new AbortController().signal): Http {
  const http = openHttp(
    {
      resolve: async (url) => url,
      contact: { url: "https://example.com", email: "data@example.com" },
      turn: async () => undefined,
      connections: 2,
      privateHosts: ["127.0.0.1"],
      signal,
    },
    realEffects,
  );
  onTestFinished(() => http.close());
  return http;
}

test.each([
  ["gzip", gzipSync("Gull Inn")],
  ["deflate", deflateSync("Gull Inn")],
  ["br", brotliCompressSync("Gull Inn")],
  ["gzip, br", brotliCompressSync(gzipSync("Gull Inn"))],
  ["identity", Buffer.from("Gull Inn")],
])("a body encoded as %s is decoded", async (encoding, body) => {
  const server = await serve(reply(200, body, { "content-encoding": encoding }));
  const answer = await open().send({ url: server.url });
  expect(answer.body.toString()).toBe("Gull Inn");
});

test("a gzip bomb is cut off at the cap, which counts what comes out", async () => {
  const server = await serve(gzipped(Buffer.alloc(50 * 2 ** 20, "a")));
  await expect(open().send({ url: server.url, maxBytes: 2 ** 20 })).rejects.toThrow(
    "sent more than the cap of 1048576 bytes (decoded)",
  );
});

const hang: Reply = () => undefined;
const drip: Reply = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write("a"), 5);
  response.on("close", () => clearInterval(timer));
};

const dribble: Reply = (response) => {
  response.writeHead(200);
  // Never silent for long, and never done.
  const timer = setInterval(() => response.write("a"), 5);
  response.on("close", () => clearInterval(timer));
};
const tooLong: Reply = (response) => {
  response.socket?.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nGull Inn and more");
};
const endless: Reply = (response) => {
  response.socket?.write(`HTTP/1.1 200 OK\r\nX-Pad: ${"a".repeat(100_000)}`);
};

test.each([
  ["drips too slowly", dribble, { progressMs: 40 }, / bytes in 0.04 s/],
  ["sends less than it promised", cut("Gull"), {}, /./],
  ["resets the connection in the body", reset("Gull"), {}, /./],
  ["never ends its headers", endless, {}, /Headers Overflow/],
  ["sends no HTTP", ((response) => response.socket?.end("hello")) as Reply, {}, /./],
])("a server that %s is asked again later", async (_name, bad, limits, message) => {
  const server = await serve(bad);
  await expect(open().send({ url: server.url, ...limits })).rejects.toMatchObject({
    outcome: "retry",
    message: expect.stringMatching(message),
  });
});

test("more than was promised is not part of the answer, and not of the next one", async () => {
  const server = await serve(tooLong, reply(200, "second"));
  const http = open();
  const first = await http.send({ url: server.url }).catch((error: unknown) => error);
  if (!(first instanceof Error)) expect(first).toMatchObject({ body: Buffer.from("Gull") });
  expect((await http.send({ url: server.url })).body.toString()).toBe("second");
});

test("a bomb inside a bomb is cut off, too", async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(50 * 2 ** 20, "a")));
  const server = await serve(reply(200, bomb, { "content-encoding": "gzip, gzip" }));
  await expect(open().send({ url: server.url, maxBytes: 2 ** 20 })).rejects.toThrow("the cap");
});

test.each([
  ["never answers", hang, { firstByteMs: 50 }, "Headers Timeout Error"],
  ["drips for ever", drip, { deadlineMs: 60 }, "did not finish its answer in time"],
])("a server that %s is given up", async (_name, bad, limits, message) => {
  const server = await serve(bad);
  const failed = open().send({ url: server.url, ...limits });
  await expect(failed).rejects.toMatchObject({
    outcome: "retry",
    message: expect.stringContaining(message),
  });
});

test("a stopped run drops the answer it waits for", async () => {
  const stop = new AbortController();
  const server = await serve(() => stop.abort(new Error("stopped")));
  await expect(open(stop.signal).send({ url: server.url })).rejects.toThrow("stopped");
});

test("a POST that is redirected is asked again as the status says", async () => {
  const server = await serve((response, seen) => {
    const status = Number(seen.path.slice(1));
    if (status) return reply(status, "", { location: "/end" })(response, seen);
    return reply(200, `${seen.method} ${seen.body}`)(response, seen);
  });
  const ends = [302, 303, 307, 308].map(async (status) => {
    const call = { url: `${server.url}/${status}`, method: "POST" as const, body: "data=x" };
    return (await open().send(call)).body.toString();
  });
  expect(await Promise.all(ends)).toEqual(["GET ", "GET ", "POST data=x", "POST data=x"]);
});

test("a redirect to what is no address is reported, not followed", async () => {
  const server = await serve(reply(302, "", { location: "http://[" }));
  await expect(open().send({ url: server.url })).rejects.toMatchObject({
    outcome: "fatal",
    message: 'redirected to "http://[", which is no address',
  });
});

test("a key is not carried to another server", async () => {
  const other = await serve(reply(200, "here"));
  const server = await serve(reply(307, "", { location: other.url }));
  const headers = { authorization: "Bearer key", "x-api-key": "key", accept: "text/csv" };
  await open().send({ url: server.url, headers });
  expect(server.seen[0]?.headers).toMatchObject(headers);
  expect(other.seen[0]?.headers).toMatchObject({ accept: "text/csv" });
  expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
  expect(other.seen[0]?.headers).not.toHaveProperty("x-api-key");
});
