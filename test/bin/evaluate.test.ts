import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Evaluation } from "../../matchers/kit/evaluate.ts";
import { BenchTop, PLACES, placesCsv } from "./kit/bench-top.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** Five records, two true entities: a b c, and d e. The tool joined a b, and c d. */
const CLUSTERS = "record_id,cluster_id\na,1\nb,1\nc,2\nd,2\ne,3\n";
const PAIRS = `id_l,id_r,weight,probability
a,b,5,0.97
b,a,5,0.97
c,d,2,0.8
b,c,-1,0.3333
d,e,-4,0.0588
`;
const ENTITIES = "record_id,entity\na,1\nb,1\nc,1\nd,2\ne,2\n";

async function judge(truth: string, pairs = PAIRS): Promise<Evaluation> {
  const top = new BenchTop();
  const said = await top.elt(
    ...["evaluate", "--json", "--pairs", top.write("pairs.csv", pairs)],
    ...["--clusters", top.write("clusters.csv", CLUSTERS)],
    ...["--truth", top.write("truth.csv", truth)],
  );
  expect(said.code, said.err).toBe(0);
  return JSON.parse(said.out);
}

describe("a small case counted by hand", () => {
  test("pairs, clusters, B³, blocking and calibration", async () => {
    const seen = await judge(ENTITIES);
    expect(seen.truePairs).toBe(4);
    // One of two joined pairs is right, one of four true pairs found.
    expect(seen.own).toMatchObject({ precision: 0.5, recall: 0.25 });
    expect(seen.clusterPairs).toMatchObject({ precision: 0.5, recall: 0.25 });
    // Precision 1, 1, ½, ½, 1; recall ⅔, ⅔, ⅓, ½, ½.
    expect(seen.b3?.precision).toBeCloseTo(4 / 5, 12);
    expect(seen.b3?.recall).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5, 12);
    expect(seen.blocking).toMatchObject({ recall: 0.75, candidates: 4, atLeast: false });
    // At −4 all four candidates: three right of four found, three of four true.
    expect(seen.best).toMatchObject({ weight: -4, precision: 0.75, recall: 0.75 });
    expect(seen.calibration.error).toBeCloseTo((0.03 + 0.8) / 2, 12);
    expect(seen.calibration.below.seen).toBe(2);
  });

  test("a truth of pairs says the same, in either order of the two ids", async () => {
    const entities = await judge(ENTITIES);
    const pairs = await judge("id_l,id_r\na,b\nc,a\nb,c\ne,d\n");
    expect(pairs).toEqual({ ...entities, truth: "pairs" });
  });

  test("of labelled pairs only those count, and those that contradict each other do not", async () => {
    const seen = await judge("id_l,id_r,label\na,b,1\nd,c,0\nb,c,1\nd,e,1\ne,d,0\n");
    expect(seen.truth).toBe("labels");
    expect(seen.truePairs).toBe(2);
    expect(seen.own).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(seen.b3).toBeUndefined();
  });

  test("a record without a cluster is missed, one without a truth is left out", async () => {
    const top = new BenchTop();
    const said = await top.elt(
      ...["evaluate", "--pairs", top.write("pairs.csv", PAIRS)],
      ...["--clusters", top.write("clusters.csv", CLUSTERS)],
      ...["--truth", top.write("truth.csv", "id,entity\na,1\nb,1\nz,1\n")],
    );
    expect(said.err).toContain("1 records of the truth are in no cluster");
    expect(said.err).toContain("3 records are not in the truth");
    expect(said.out).toMatch(/pairs, own cut +1\.0000 +0\.3333 +0\.5000/);
  });

  test("nothing found and nothing true is no division by zero", async () => {
    const seen = await judge("record_id,entity\na,1\nb,2\n", "id_l,id_r,probability\n");
    expect(seen.own).toEqual({ precision: 1, recall: 1, f1: 1 });
    expect(seen.curve).toEqual([]);
  });
});

describe("what elt match wrote", () => {
  const top = new BenchTop();
  const files = ["--pairs", top.path("out/pairs.parquet"), "--clusters"].concat(
    top.path("out/clusters.parquet"),
  );

  beforeAll(async () => {
    const inputs = ["-i", top.write("map.csv", placesCsv(60, "m"))].concat(
      ...["-i", top.write("list.csv", placesCsv(60, "l"))],
    );
    await top.elt("match", PLACES, ...inputs, "--out", top.path("out"), "--all-pairs");
    await top.run(
      `copy (select record_id, record_id[2:] as place from '${top.path("out/clusters.parquet")}') to '${top.path("truth.parquet")}'`,
    );
  });

  test("is judged as it stands", async () => {
    const said = await top.elt("evaluate", ...files, "--truth", top.path("truth.parquet"));
    expect(said.code, said.err).toBe(0);
    expect(said.out).toContain("60 true entities");
    expect(said.out).toMatch(/pairs in clusters +1\.0000/);
    expect(said.out).toMatch(/blocking recall +1\.0000\n/);
  });

  test("becomes a page that needs nothing else", async () => {
    const html = top.path("report.html");
    await top.elt("evaluate", ...files, "--truth", top.path("truth.parquet"), "--html", html);
    const page = readFileSync(html, "utf8");
    for (const title of [
      ...["Pairs by weight", "Precision and recall", "Where to cut", "Calibration"],
      ...["Clusters by size", "Unlinkable records", "Match weights", "m and u"],
      "How a weight adds up",
    ]) {
      expect(page).toContain(`<h2>${title}</h2>`);
    }
    expect(page).not.toMatch(/https?:|<script|<link|NaN|undefined|Infinity/);
  });
});

test("a truth of other columns is named, with those it has", async () => {
  const top = new BenchTop();
  const said = await top.elt(
    ...["evaluate", "--pairs", top.write("pairs.csv", PAIRS)],
    ...["--clusters", top.write("clusters.csv", CLUSTERS)],
    ...["--truth", top.write("truth.csv", "who,what\na,1\n")],
  );
  expect(said.code).toBe(2);
  expect(said.err).toContain("has none of the columns record_id");
  expect(said.err).toContain("rename one of who, what");
});
