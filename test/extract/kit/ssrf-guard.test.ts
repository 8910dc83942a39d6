import type { LookupAddress } from "node:dns";
import { expect, onTestFinished, test } from "vitest";
import { realEffects } from "../../../extract/kit/effects.ts";
import { type HttpOptions, openHttp } from "../../../extract/kit/http.ts";
import { isPublic } from "../../../extract/kit/ssrf-guard.ts";
import { reply, serve } from "./server.ts";

test.each([
  ["8.8.8.8", true],
  ["172.15.255.255", true],
  ["172.32.0.1", true],
  ["2606:4700::6810:84e5", true],
  ["::ffff:8.8.8.8", true],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["127.255.255.254", false],
  ["169.254.169.254", false],
  ["172.16.0.1", false],
  ["192.168.1.1", false],
  ["198.19.0.1", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:a00:1", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["fd00::1", false],
  ["fe80::1", false],
  ["ff02::1", false],
  ["not an address", false],
])("%s is public: %s", (address, answer) => {
  expect(isPublic(address)).toBe(answer);
});

const NAMES: Readonly<Record<string, string>> = {
  "inside.example": "10.0.0.7",
  "six.example": "::ffff:127.0.0.1",
};

function open(more: Partial<HttpOptions> = {}) {
  const asked: string[] = [];
  const lookup = (name: string, _: unknown, callback: unknown) => {
    asked.push(name);
    const answer: LookupAddress[] = [
      { address: "93.184.215.14", family: 4 },
      { address: NAMES[name] ?? "10.9.9.9", family: NAMES[name]?.includes(":") ? 6 : 4 },
    ];
    (callback as (error: null, all: LookupAddress[]) => void)(null, answer);
  };
  const http = openHttp(
    {
      resolve: async (url) => url,
      contact: { url: "https://example.com", email: "data@example.com" },
      turn: async () => undefined,
      connections: 2,
      signal: new AbortController().signal,
      ...more,
    },
    { ...realEffects, lookup: lookup as typeof realEffects.lookup },
  );
  onTestFinished(() => http.close());
  return { http, asked };
}

test.each([
  ["http://127.0.0.1:9/", "leads to 127.0.0.1"],
  ["http://2130706433/", "leads to 127.0.0.1"],
  ["http://0x7f.1/", "leads to 127.0.0.1"],
  ["http://0177.0.0.1/", "leads to 127.0.0.1"],
  ["http://[::1]/", "leads to [::1]"],
  ["http://[::ffff:10.0.0.1]/", "leads to [::ffff:a00:1]"],
  ["http://169.254.169.254/latest/meta-data/", "leads to 169.254.169.254"],
  ["http://inside.example/", "leads to inside.example (10.0.0.7)"],
  ["https://six.example/", "leads to six.example (::ffff:127.0.0.1)"],
])("%s is refused before it is dialled", async (url, message) => {
  const { http } = open();
  await expect(http.send({ url })).rejects.toMatchObject({
    outcome: "fatal",
    message: expect.stringContaining(message),
  });
});

test("a redirect is judged as the first address was", async () => {
  const inside = await serve(reply(200, "secret"));
  const port = new URL(inside.url).port;
  const outside = await serve((response, seen) => {
    const target = seen.path === "/name" ? "http://inside.example/" : `http://127.1:${port}/`;
    return reply(302, "", { location: target })(response, seen);
  });
  // What the sandbox resolved is its own address and port, and nothing else on the same computer.
  const { http } = open({ resolve: async (url) => url.replace("sandbox://list", outside.url) });
  await expect(http.send({ url: "sandbox://list/" })).rejects.toThrow("leads to 127.0.0.1");
  await expect(http.send({ url: "sandbox://list/name" })).rejects.toThrow(
    "leads to inside.example",
  );
  expect(inside.seen).toHaveLength(0);
  expect(outside.seen).toHaveLength(2);
});

test("the sandbox's own addresses, and hosts that are allowed by name, are dialled", async () => {
  const server = await serve((response, seen) => {
    if (seen.path === "/") return reply(302, "", { location: "/next" })(response, seen);
    return reply(200, "here")(response, seen);
  });
  const sandbox = open({ resolve: async (url) => url.replace("sandbox://list", server.url) });
  expect((await sandbox.http.send({ url: "sandbox://list/" })).body.toString()).toBe("here");
  const named = open({ privateHosts: [new URL(server.url).host] });
  expect((await named.http.send({ url: server.url })).body.toString()).toBe("here");
});
