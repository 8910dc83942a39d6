import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Fault, FaultRule } from "../../sandbox/kit/faults.ts";
import { startWorld, type World } from "../../sandbox/world.ts";

const REGISTER = "sandbox://florida_dbpr/sto/file_download/extracts/hrlodge1.csv";
const CRM = "sandbox://files/crm/florida.csv";
const OVERPASS =
  "sandbox://openstreetmap/api/interpreter?data=[out:json];nwr[tourism];out%20center;";

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function worldWith(...faults: FaultRule[]): Promise<World> {
  world = await startWorld({ seed: 5, properties: 60, faults });
  return world;
}

async function ask(url: string, fault: Fault): Promise<Response> {
  const source = new URL(url).host as FaultRule["source"];
  const { resolve } = await worldWith({ source, fault });
  return await fetch(resolve(url), { redirect: "manual", signal: AbortSignal.timeout(3000) });
}

/** What comes over the wire, decoded by nobody. */
async function raw(url: string): Promise<{ head: IncomingMessage; body: Buffer; error: unknown }> {
  const request = get(url);
  const [head] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let error: unknown;
  try {
    for await (const chunk of head) chunks.push(chunk as Buffer);
  } catch (caught) {
    error = caught;
  }
  return { head, body: Buffer.concat(chunks), error };
}

describe("slow", () => {
  test("the first byte comes late", async () => {
    const start = performance.now();
    await ask(CRM, { kind: "slow", ms: 80 });
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  test("the body drips", async () => {
    const { resolve } = await worldWith({
      source: "files",
      fault: { kind: "drip", bytes: 1200, ms: 1 },
    });
    const { body, head } = await raw(resolve(CRM));
    expect(body).toHaveLength(Number(head.headers["content-length"]));
  });

  test("no answer at all", async () => {
    const { resolve } = await worldWith({ source: "files", fault: { kind: "hang" } });
    await expect(fetch(resolve(CRM), { signal: AbortSignal.timeout(60) })).rejects.toThrow(
      /timeout/,
    );
  });
});

describe("cut", () => {
  test("a reset before the head", async () => {
    await expect(ask(CRM, { kind: "reset" })).rejects.toThrow("fetch failed");
  });

  test("a reset in the body", async () => {
    const response = await ask(CRM, { kind: "reset", bytes: 400 });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test("fewer bytes than Content-Length says", async () => {
    const { resolve } = await worldWith({ source: "files", fault: { kind: "short", bytes: 300 } });
    const { head, body, error } = await raw(resolve(CRM));
    expect(Number(head.headers["content-length"])).toBeGreaterThan(300);
    expect(body).toHaveLength(300);
    expect(error).toBeDefined();
  });

  test("JSON that ends in the middle, with status 200", async () => {
    const response = await ask(OVERPASS, { kind: "cut" });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(() => JSON.parse(text)).toThrow();
    expect(text).toMatch(/^\{\s*"version": 0\.6/);
  });

  test("a CSV without its second half", async () => {
    const whole = await (await ask(REGISTER, { kind: "slow", ms: 0 })).text();
    await world?.close();
    const half = await (await ask(REGISTER, { kind: "cut", share: 0.5 })).text();
    expect(whole.startsWith(half)).toBe(true);
    expect(half.length).toBe(Math.floor(whole.length / 2));
  });
});

describe("throttled", () => {
  test.each([
    ["2", "2"],
    ["-1", "-1"],
    ["abc", "abc"],
    ["31536000", "31536000"],
    [undefined, null],
  ])("Retry-After %s", async (retryAfter, expected) => {
    const fault: Fault = { kind: "throttle", status: 429, ...(retryAfter ? { retryAfter } : {}) };
    const response = await ask(CRM, fault);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe(expected);
  });

  test("Retry-After as a date", async () => {
    const response = await ask(CRM, { kind: "throttle", status: 503, retryAfter: "date+2" });
    const wait =
      Date.parse(response.headers.get("retry-after")!) - Date.parse(response.headers.get("date")!);
    expect(wait).toBe(2000);
  });

  test("Overpass is busy", async () => {
    const response = await ask(OVERPASS, { kind: "throttle", status: 504 });
    expect(response.status).toBe(504);
    expect(await response.text()).toContain("The server is probably too busy");
  });

  test("a third query at once is refused", async () => {
    const { resolve } = await worldWith({
      source: "openstreetmap",
      fault: { kind: "slow", ms: 60 },
    });
    const answers = await Promise.all([1, 2, 3].map(() => fetch(resolve(OVERPASS))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  });
});

describe("wrong shape", () => {
  test("HTML with status 200", async () => {
    const response = await ask(REGISTER, { kind: "html" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toMatch(/^<!DOCTYPE html>/);
  });

  test("an Overpass remark with status 200 and no elements", async () => {
    const answer = await (await ask(OVERPASS, { kind: "remark" })).json();
    expect(answer).toMatchObject({
      elements: [],
      remark: expect.stringContaining("runtime error"),
    });
  });

  test("gzip that nobody asked for", async () => {
    const { resolve } = await worldWith({ source: "files", fault: { kind: "gzip" } });
    const { head, body } = await raw(resolve(CRM));
    expect(head.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(body).toString()).toMatch(/^Record ID,Name/);
  });

  test.each([
    ["renamed", 35, "License Number (revised)"],
    ["missing", 34, undefined],
    ["added", 36, "License Number"],
  ] as const)("a column %s", async (change, columns, name) => {
    const column = change === "added" ? "Owner Mood" : "License Number";
    const text = await (await ask(REGISTER, { kind: "column", change, column })).text();
    const [header, first] = text.split("\r\n") as [string, string];
    expect(header.split(",")).toHaveLength(columns);
    expect(first.split('","')).toHaveLength(columns);
    expect(header.includes(`"${name ?? "nothing"}"`)).toBe(name !== undefined);
  });
});

describe("refused", () => {
  test("a wall", async () => {
    expect((await ask(REGISTER, { kind: "wall" })).status).toBe(403);
  });

  test("a redirect to itself", async () => {
    const response = await ask(CRM, { kind: "redirect_loop" });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/crm/florida.csv");
  });

  test("nobody listens, then somebody does", async () => {
    const { resolve } = await worldWith({ source: "files", fault: { kind: "refused", ms: 80 } });
    await expect(fetch(resolve(CRM))).rejects.toThrow("fetch failed");
    await expect
      .poll(async () => (await fetch(resolve(CRM)).catch(() => undefined))?.status)
      .toBe(200);
  });
});

describe("rules", () => {
  test("the nth, every nth, from the nth, of a path", async () => {
    const { resolve, log } = await worldWith(
      { source: "files", nth: 1, fault: { kind: "html" } },
      { source: "files", path: "texas", every: 2, fault: { kind: "wall" } },
      { source: "openstreetmap", from: 2, fault: { kind: "wall" } },
    );
    const status = async (url: string) => (await fetch(resolve(url))).status;
    for (const file of ["florida", "texas", "texas"])
      await status(`sandbox://files/crm/${file}.csv`);
    for (let turn = 0; turn < 3; turn += 1) await status(OVERPASS);
    expect(log.entries.map(({ fault }) => fault)).toEqual([
      "html",
      undefined,
      "wall",
      undefined,
      "wall",
      "wall",
    ]);
  });

  test("the calm mood stumbles twice and costs no waiting", async () => {
    world = await startWorld({ seed: 7, properties: 60 });
    const registers = [1, 2, 3, 4, 5, 6, 7].map((district) =>
      REGISTER.replace("1.csv", `${district}.csv`),
    );
    const statuses: number[] = [];
    for (const url of [...registers, OVERPASS, OVERPASS, OVERPASS, CRM]) {
      const response = await fetch(world.resolve(url));
      await response.arrayBuffer();
      statuses.push(response.status);
      if (response.status !== 200) expect(response.headers.get("retry-after")).toBe("0");
    }
    expect(statuses.filter((status) => status !== 200)).toHaveLength(2);
  });
});
