import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { savedModel } from "../matchers/kit/splink-model.ts";
import { BenchTop, PLACES, placesCsv } from "./kit/bench-top.ts";

vi.setConfig({ testTimeout: 30_000 });

const HEADER = "record_id,name,number,street,city,zip,latitude,longitude,phone";

describe("matching tables alone", () => {
  test("two lists give pairs, clusters and a report", async () => {
    const top = new BenchTop();
    const map = top.write("map.csv", placesCsv(60, "m"));
    const list = top.write("list.csv", placesCsv(60, "l"));
    const said = await top.elt("match", PLACES, "-i", map, list, "--out", top.path("out"));
    expect(said.err).toBe("");
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/records +120 +list 60, map 60/);
    expect(said.out).toMatch(/lambda +\d/);
    expect(said.out).toMatch(/phone +40 /);
    const wrong = await top.rows<{ cluster_id: bigint }>(
      "select cluster_id from 'out/clusters.parquet' group by 1 having count(*) <> 2 or count(distinct record_id[2:]) > 1",
    );
    expect(wrong).toEqual([]);
    const [pair] = await top.rows<Record<string, unknown>>(
      "from 'out/pairs.parquet' where record_id_l = 'l1' and record_id_r = 'm1'",
    );
    expect(pair).toMatchObject({ decision: "merge", match_rule: "phone" });
  });

  test("a column that numbers the rows names the records when none is called id", async () => {
    const top = new BenchTop();
    const numbered = HEADER.replace("record_id", "Kundennummer");
    const list = top.write("list.csv", placesCsv(20, "l").replace(HEADER, numbered));
    const said = await top.elt("match", PLACES, "-i", list, "--out", top.path("out"));
    expect(said.code).toBe(0);
    expect(said.err).toContain('a record is named by "Kundennummer"');
    const unnamed = top.write("twice.csv", `${numbered}\n${"1,A,1,B,C,1,,,\n".repeat(2)}`);
    const refused = await top.elt("match", PLACES, "-i", unnamed, "--out", top.path("out"));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("no column that names a record");
  });

  test("one file with a source column is as good as two files", async () => {
    const top = new BenchTop();
    top.write("map.csv", placesCsv(30, "m"));
    top.write("list.csv", placesCsv(30, "l"));
    await top.run(
      "copy (select *, 'map' as source from 'map.csv' union all by name select *, 'list' as source from 'list.csv') to '" +
        `${top.path("both.parquet")}'`,
    );
    await top.elt("match", PLACES, "-i", top.path("both.parquet"), "--out", top.path("one"));
    await top.elt(
      ...["match", PLACES, "-i", top.path("list.csv"), "-i", top.path("map.csv")],
      ...["--out", top.path("two")],
    );
    const clusters = (folder: string) =>
      top.rows(`select record_id, cluster_id from '${folder}/clusters.parquet' order by 1`);
    expect(await clusters("one")).toEqual(await clusters("two"));
  });

  test("blocking is explained before any pair is made", async () => {
    const top = new BenchTop();
    const list = top.write("list.csv", placesCsv(60, "l"));
    const said = await top.elt("match", PLACES, "-i", list, "--explain-blocking");
    expect(said.out).toContain("60 records");
    expect(said.out).toMatch(/nearby +0 +60 +0/);
    expect(said.out).toMatch(/rule +pairs +cap +generic values +largest blocks/);
  });

  test("a value that everybody has makes no pairs", async () => {
    const top = new BenchTop();
    const rows = Array.from({ length: 20_000 }, (_, at) => `${at},Inn,,,,,,,555000111`);
    const file = top.write("same.csv", `${HEADER}\n${rows.join("\n")}\n`);
    const plan = await top.elt("match", PLACES, "-i", file, "--explain-blocking");
    expect(plan.out).toContain("555000111 20,000 (left out)");
    const said = await top.elt("match", PLACES, "-i", file, "--out", top.path("out"));
    expect(said.out).toMatch(/candidates +0 /);
    expect(said.err).toContain('phone is "555000111" in every record');
  });
});

describe("input that is odd", () => {
  test.each([
    ["an empty table", "", 0],
    ["one record", "1,Amber Cove,1,Gulf,Town,02101,25.1,-80.1,305555123\n", 1],
    [
      "two records of one place",
      "1,Amber Cove,1,Gulf,Town,02101,25.123,-80.123,305555123\n2,Amber Cove,1,Gulf,Town,02101,25.123,-80.123,305555123\n",
      1,
    ],
    ["columns without a value", "1,Amber Cove,,,,,,,\n2,Bay Inn,,,,,,,\n3,Cedar Lodge,,,,,,,\n", 3],
    [
      "coordinates that are no number",
      "1,Amber Cove,,,,,NaN,inf,\n2,Amber Cove,,,,,25.1,NaN,\n3,Cedar Lodge,,,,,900,1e30,\n",
      undefined,
    ],
    [
      "names in other scripts",
      "1,東京ホテル,1,Ginza,Tokyo,104,35.671234,139.761234,81355551234\n2,東京ホテル,1,Ginza,Tokyo,104,35.671234,139.761234,81355551234\n3,فندق النيل,2,Nile,Cairo,115,30.061234,31.231234,20255551234\n",
      2,
    ],
  ])("%s has a right answer", async (_, lines, clusters) => {
    const top = new BenchTop();
    const file = top.write("odd.csv", `${HEADER}\n${lines}`);
    const said = await top.elt("match", PLACES, "-i", file, "--out", top.path("out"));
    expect(said.code, said.err).toBe(0);
    const [row] = await top.rows<{ n: bigint }>(
      "select count(distinct cluster_id) as n from 'out/clusters.parquet'",
    );
    if (clusters !== undefined) expect(Number(row?.n)).toBe(clusters);
  });

  test("an id that repeats is named", async () => {
    const top = new BenchTop();
    const file = top.write("twice.csv", `${HEADER}\n7,A,,,,,,,\n7,B,,,,,,,\n`);
    const said = await top.elt("match", PLACES, "-i", file, "--out", top.path("out"));
    expect(said.code).toBe(2);
    expect(said.err).toContain(`record_id repeats in ${file}: "7" 2 times`);
  });

  test("two files that both count from 1 keep their records apart", async () => {
    const top = new BenchTop();
    const one = top.write("one.csv", `${HEADER}\n1,Amber Cove,,,,,,,\n2,Bay Inn,,,,,,,\n`);
    const two = top.write("two.csv", `${HEADER}\n1,Amber Cove,,,,,,,\n`);
    const said = await top.elt("match", PLACES, "-i", one, "-i", two, "--out", top.path("out"));
    expect(said.err).toContain("records are named source:id");
    expect(await top.rows("select record_id from 'out/clusters.parquet' order by 1")).toEqual([
      { record_id: "one:1" },
      { record_id: "one:2" },
      { record_id: "two:1" },
    ]);
  });

  test("SQL over a position binds when nobody has one, and T is a town", async () => {
    const top = new BenchTop();
    const bare = readFileSync(PLACES, "utf8")
      .replaceAll('"../../../', `"${join(import.meta.dirname, "../..")}/`)
      .replace('"latitude::double"', '"latitude"')
      .replace('"longitude::double"', '"longitude"');
    const spec = top.write("bare.ts", bare);
    const file = top.write(
      "t.csv",
      "ID,Name,number,street,city,zip,latitude,longitude,phone\n1,A,,,T,,,,\n2,B,,,F,,,,\n",
    );
    const said = await top.elt("match", spec, "-i", file, "--out", top.path("out"));
    expect(said.code, said.err).toBe(0);
    expect(said.out).toMatch(/records +2 /);
  });

  test("a postcode keeps its leading zero", async () => {
    const top = new BenchTop();
    const file = top.write("zip.csv", placesCsv(8, "l"));
    const said = await top.elt("match", PLACES, "-i", file, "--explain-blocking", "--id", "zipp");
    expect(said.err).toContain('no column "zipp"');
    expect(said.err).toContain('did you mean "zip"?');
    const again = await top.elt("match", PLACES, "-i", file, "--explain-blocking", "--id", "zip");
    expect(again.err).toContain("zip repeats in");
    expect(again.err).toContain('"02100" 2 times');
  });

  test("what cannot be matched is said in one sentence", async () => {
    const top = new BenchTop();
    const file = top.write("few.csv", "record_id,name\n1,A\n");
    const out = ["--out", top.path("out")];
    const err = async (...args: string[]) => (await top.elt("match", ...args)).err;
    expect(await err(PLACES, "-i", file, ...out)).toMatch(/does not fit the tables: .*"number"/);
    expect(await err(PLACES, "-i", top.path("no.csv"), ...out)).toContain("no file");
    expect(await err(PLACES, "-i", top.write("a.xyz", ""), ...out)).toContain("cannot tell what");
    expect(await err(PLACES, "-i", top.write("b.parquet", "x"), ...out)).toContain("cannot read");
    expect(await err(top.write("spec.ts", "export const x = 1;"), "-i", file, ...out)).toContain(
      "lacks spec",
    );
    expect(await err(PLACES, "-i", file)).toContain("--out is missing");
  });

  test("ids last from run to run where they are remembered, and verdicts count", async () => {
    const top = new BenchTop();
    const map = top.write("map.csv", placesCsv(30, "m"));
    const list = top.write("list.csv", placesCsv(30, "l"));
    const verdicts = top.write("verdicts.csv", "record_id_l,record_id_r,verdict\nl1,m1,different");
    const ids = async (...inputs: readonly string[]) => {
      const said = await top.elt(
        ...["match", PLACES, "-i", ...inputs, "--out", top.path("out")],
        ...["--identity", top.path("memory"), "--verdicts", verdicts],
      );
      expect(said.err).toBe("");
      const rows = await top.rows<{ record_id: string; cluster_id: bigint }>(
        "select record_id, cluster_id from 'out/clusters.parquet'",
      );
      return new Map(rows.map(({ record_id, cluster_id }) => [record_id, cluster_id]));
    };
    const before = await ids(map, list);
    expect(before.get("l1")).not.toBe(before.get("m1"));
    expect(before.get("l2")).toBe(before.get("m2"));
    // l2, whose name the id was made of, is gone.
    const after = await ids(map);
    expect(after.get("m2")).toBe(before.get("m2"));
  });

  test("a file of verdicts that lacks a column is named", async () => {
    const top = new BenchTop();
    const list = top.write("list.csv", placesCsv(30, "l"));
    const verdicts = top.write("verdicts.csv", "one,other\nl1,l2");
    const said = await top.elt(
      ...["match", PLACES, "-i", list, "--out", top.path("out"), "--verdicts", verdicts],
    );
    expect(said.code).toBe(2);
    expect(said.err).toContain("no column record_id_l, record_id_r, verdict in");
  });
});

describe("a model that Splink saved", () => {
  const PEOPLE = "unique_id,name,town\n1,Ann,York\n2,Ann,York\n3,Bob,York\n4,Cy,Bath\n";

  test("runs on a table and says what each rule found", async () => {
    const top = new BenchTop();
    const model = top.write("model.json", savedModel());
    const people = top.write("people.csv", PEOPLE);
    const said = await top.elt("match", model, "-i", people, "--out", top.path("out"));
    expect(said.err).toBe("");
    expect(said.out).toMatch(/l\."name" = r\."name" +1\n/);
    expect(said.out).toMatch(/l\.town = r\.town +2\n/);
    const judged = await top.elt(
      ...["evaluate", "--pairs", top.path("out/pairs.parquet"), "--html", top.path("r.html")],
      ...["--clusters", top.path("out/clusters.parquet")],
      ...["--truth", top.write("truth.csv", "record_id,entity\n1,a\n2,a\n3,b\n4,c\n")],
    );
    expect(judged.code, judged.err).toBe(0);
  });

  test("what does not fit is said, column by column", async () => {
    const top = new BenchTop();
    const model = top.write("model.json", savedModel());
    const people = top.write("people.csv", "unique_id,nam,city\n1,Ann,York\n");
    const said = await top.elt("match", model, "-i", people, "--out", top.path("out"));
    expect(said.code).toBe(2);
    expect(said.err).toContain('no column "name", read by name — did you mean "nam"?');
    expect(said.err).toContain('no column "town", read by town');
    const plan = await top.elt("match", model, "-i", people, "--explain-blocking");
    expect(plan.err).toContain("--explain-blocking counts the rules of a spec");
  });
});
