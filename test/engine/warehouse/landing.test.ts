import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EltError } from "../../../engine/errors.ts";
import {
  type Envelope,
  type LandingOptions,
  openLanding,
} from "../../../engine/warehouse/landing.ts";
import {
  landedParts,
  partsFingerprint,
  streamFolder,
} from "../../../engine/warehouse/landing-parts.ts";
import { literal } from "../../../engine/warehouse/quote.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "leadhouse-landing-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function options(more: Partial<LandingOptions> = {}): LandingOptions {
  return {
    data: folder(),
    source: "register",
    stream: "licences",
    columns: ["name", "city"],
    runId: "night-1",
    startedAt: new Date("2026-11-20T02:00:00Z"),
    extractorVersion: 3,
    ...more,
  };
}

function envelope(requestKey: string, more: Partial<Envelope> = {}): Envelope {
  return {
    requestKey,
    request: { url: requestKey },
    status: 200,
    outcome: "ok",
    attempt: 1,
    sourceUrl: requestKey,
    fetchedAt: new Date("2026-11-20T02:00:07.123Z"),
    ...more,
  };
}

async function query(paths: readonly string[], select: string) {
  const memory = await Warehouse.open(":memory:");
  try {
    const files = paths.map(literal).join(", ");
    return await memory.rows(
      `with landed as (select * from read_parquet([${files}], hive_partitioning = false)) ${select}`,
    );
  } finally {
    memory.close();
  }
}

test("a part has the envelope, then the record's columns as text", async () => {
  const own = options();
  const landing = openLanding(own);
  await landing.land(envelope("a"), [["Inn", "Salem"]]);
  await landing.close();

  const parts = landedParts(own.data, "register", "licences");
  expect(parts.map((path) => relative(own.data, path))).toEqual([
    "landing/register/licences/date=2026-11-20/run=night-1/part-0001.parquet",
  ]);
  const columns = await query(parts, "select column_name, column_type from (describe landed)");
  expect(columns.map((row) => `${row.column_name} ${row.column_type}`)).toEqual([
    "request_key VARCHAR",
    "request VARCHAR",
    "response VARCHAR",
    "status INTEGER",
    "outcome VARCHAR",
    "error VARCHAR",
    "attempt INTEGER",
    "source_url VARCHAR",
    "fetched_at TIMESTAMP WITH TIME ZONE",
    "run_id VARCHAR",
    "batch_id VARCHAR",
    "extractor_version INTEGER",
    "name VARCHAR",
    "city VARCHAR",
  ]);
  expect(await query(parts, "select * from landed")).toEqual([
    {
      request_key: "a",
      request: '{"url":"a"}',
      response: null,
      status: 200,
      outcome: "ok",
      error: null,
      attempt: 1,
      source_url: "a",
      fetched_at: new Date("2026-11-20T02:00:07.123Z"),
      run_id: "night-1",
      batch_id: null,
      extractor_version: 3,
      name: "Inn",
      city: "Salem",
    },
  ]);
});

test("text lands as it came, whatever it holds", async () => {
  const own = options();
  const landing = openLanding(own);
  const texts = ['"', "\\", "\\ud", "a\nb\r\n", "\t", "\0", "é", "😀", "'; drop table part", null];
  await landing.land(
    envelope("a"),
    texts.map((text, index) => [text, String(index)]),
  );
  await landing.land(envelope("b"), [["half \ud83d pair", null]]);
  await landing.close();
  const rows = await query(
    landedParts(own.data, "register", "licences"),
    "select name from landed",
  );
  expect(rows.map((row) => row.name)).toEqual([...texts, "half \ufffd pair"]);
});

test("a request whose records end in an error leaves nothing behind", async () => {
  const own = options();
  const landing = openLanding(own);
  await landing.land(envelope("a"), [["Inn", "Salem"]]);
  const records = function* () {
    for (let row = 0; row < 20_000; row += 1) yield [`row ${row}`, null];
    throw new Error("the file was cut");
  };
  await expect(landing.land(envelope("b"), records())).rejects.toThrow("the file was cut");
  await landing.land(envelope("c", { outcome: "retry", status: 504, error: "answered 504" }));
  await landing.close();
  const rows = await query(
    landedParts(own.data, "register", "licences"),
    "select request_key, outcome, name from landed",
  );
  expect(rows).toEqual([
    { request_key: "a", outcome: "ok", name: "Inn" },
    { request_key: "c", outcome: "retry", name: null },
  ]);
});

test("parts are cut between requests, never inside one", async () => {
  const own = options({ partRows: 3 });
  const landing = openLanding(own);
  const two = [
    ["x", null],
    ["y", null],
  ];
  await Promise.all(["a", "b", "c", "d", "e"].map((key) => landing.land(envelope(key), two)));
  await landing.close();
  const parts = landedParts(own.data, "register", "licences");
  const keys = await Promise.all(
    parts.map((part) => query([part], "select list(request_key) as keys from landed")),
  );
  expect(keys.map(([row]) => row?.keys)).toEqual([
    ["a", "a", "b", "b"],
    ["c", "c", "d", "d"],
    ["e", "e"],
  ]);
});

test("no records are an empty answer; a refused record lands as it came", async () => {
  const own = options();
  const landing = openLanding(own);
  await landing.land(envelope("a"), []);
  await landing.land(envelope("b"), [
    ["Inn", null],
    { refused: "line 3: 1 fields where the header has 2", text: "Inn" },
  ]);
  await landing.close();
  const rows = await query(
    landedParts(own.data, "register", "licences"),
    "select request_key, outcome, error, response, name from landed order by request_key, outcome desc",
  );
  expect(rows).toEqual([
    { request_key: "a", outcome: "empty", error: null, response: null, name: null },
    { request_key: "b", outcome: "ok", error: null, response: null, name: "Inn" },
    {
      request_key: "b",
      outcome: "fatal",
      error: "line 3: 1 fields where the header has 2",
      response: "Inn",
      name: null,
    },
  ]);
});

test("a stream that landed nothing gets one part of no rows, once", async () => {
  const own = options();
  await openLanding(own).close();
  await openLanding({ ...own, runId: "night-2" }).close();
  const parts = landedParts(own.data, "register", "licences");
  expect(parts).toHaveLength(1);
  expect(await query(parts, "select * from landed")).toEqual([]);
});

test("the unfinished part of a dead run is swept, a living writer's is not", async () => {
  const own = options();
  const killed = join(
    streamFolder(own.data, "register", "licences"),
    "date=2026-11-19",
    "run=night-0",
  );
  mkdirSync(killed, { recursive: true });
  const dead = join(killed, "part-0001.parquet.tmp-999999999");
  const living = join(killed, `part-0001.parquet.tmp-${process.ppid}`);
  for (const path of [dead, living]) writeFileSync(path, "PAR1 half");
  await openLanding(own).close();
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(living)).toBe(true);
});

test("a full disk says so and keeps what had landed", async () => {
  const own = options({ partRows: 1 });
  let renames = 0;
  const landing = openLanding(own, {
    rename: async (from, to) => {
      renames += 1;
      if (renames === 2) throw new Error("ENOSPC: no space left on device, rename");
      await rename(from, to);
    },
  });
  await landing.land(envelope("a"), [["Inn", null]]);
  const error = await landing.land(envelope("b"), [["Inn", null]]).catch((caught) => caught);
  expect(error).toBeInstanceOf(EltError);
  expect(error.message).toBe(
    "disk full while landing register.licences in data/landing/register/licences",
  );
  expect(error.details.hint).toBe(
    "free some space and run again: what had landed is kept, only the rest is asked",
  );
  await landing.close();
  const parts = landedParts(own.data, "register", "licences");
  expect(await query(parts, "select request_key from landed")).toEqual([{ request_key: "a" }]);
});

test("the fingerprint of a stream changes with its parts only", async () => {
  const own = options();
  const fingerprint = () => partsFingerprint(own.data, "register", "licences");
  const empty = fingerprint();
  const landing = openLanding(own);
  await landing.land(envelope("a"), [["Inn", null]]);
  expect(fingerprint()).toBe(empty);
  await landing.close();
  const one = fingerprint();
  expect(one).not.toBe(empty);
  await openLanding({ ...own, runId: "night-2" }).close();
  expect(fingerprint()).toBe(one);
});

test("a slow source's part is cut by time, so that a kill costs minutes and not a night", async () => {
  let time = Date.UTC(2026, 10, 20, 2);
  const own = options();
  const landing = openLanding(own, { rename, now: () => new Date(time) });
  for (let request = 0; request < 7; request += 1) {
    await landing.land(envelope(`key ${request}`));
    time += 50_000;
  }
  const rows = await query(
    landedParts(own.data, own.source, own.stream),
    "select count(*) as n from landed",
  );
  expect(rows).toEqual([{ n: 4n }]);
  await landing.close();
  expect(landedParts(own.data, own.source, own.stream)).toHaveLength(2);
});
