import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEntities, step } from "../../extract/abn_bulk.ts";
import { Failure } from "../../extract/kit/classify.ts";
import { escapeXml } from "../../sandbox/kit/xml.ts";
import { zipOf } from "../../sandbox/kit/zip.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { reply, serve } from "./kit/server.ts";

const record = (abn: string, name: string, more = "") =>
  `<ABR recordLastUpdatedDate="20260301" replaced="N"><ABN status="ACT" ABNStatusFromDate="20100401">${abn}</ABN><EntityType><EntityTypeInd>PRV</EntityTypeInd></EntityType><MainEntity><NonIndividualName type="MN"><NonIndividualNameText>${escapeXml(name)}</NonIndividualNameText></NonIndividualName><BusinessAddress><AddressDetails><State>NSW</State><Postcode>0870</Postcode></AddressDetails></BusinessAddress></MainEntity><GST status="NON" GSTStatusFromDate="19000101" />${more}</ABR>`;

const file = (records: readonly string[], count = records.length) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Transfer><TransferInfo><RecordCount>${count}</RecordCount></TransferInfo>${records.join("")}</Transfer>`;

const zip = (...texts: string[]) =>
  zipOf(
    texts.map((text, index) => ({
      name: `20260909_Public${index}.xml`,
      body: Buffer.from(text),
      isDeflated: true,
    })),
  );

const bulk = (url: string, settings: object = {}) =>
  project({
    source: "abn_bulk",
    step,
    settings: { files: [`${url}/part.zip`], per_second: 1000, ...settings },
  });

const LANDED =
  "select * exclude (request, fetched_at) from landed where abn is not null order by abn";

/** Every cell of every record, however the bytes were cut. */
async function cellsOf(...chunks: readonly (string | Buffer)[]) {
  const found = [];
  async function* bytes() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  for await (const cells of readEntities(bytes())) found.push(cells);
  return found;
}

test("records of both files of a zip land by columns", async () => {
  const other =
    '<OtherEntity><NonIndividualName type="BN"><NonIndividualNameText>Reef &amp; Palm Inn</NonIndividualNameText></NonIndividualName></OtherEntity>';
  const server = await serve(
    reply(
      200,
      zip(
        file([record("11000000001", "A & B PTY LTD", other)]),
        file([record("11000000002", "C")]),
      ),
      {
        etag: '"one"',
      },
    ),
    reply(304),
  );
  const own = bulk(server.url);
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 1 }]);
  expect(await own.landed("entities", LANDED)).toMatchObject([
    {
      abn: "11000000001",
      abn_status: "ACT",
      replaced: "N",
      main_name: "A & B PTY LTD",
      postcode: "0870",
      gst_status: "NON",
      other_names: '[{"type":"BN","name":"Reef & Palm Inn"}]',
    },
    { abn: "11000000002", main_name: "C", other_names: null },
  ]);
  expect(await own.night({ hours: 24 * 7 })).toMatchObject([{ unchanged: true }]);
  expect(server.seen[1]?.headers["if-none-match"]).toBe('"one"');
});

test("what is asked for by state and word is all that lands", async () => {
  const server = await serve(
    reply(
      200,
      zip(file([record("11000000001", "GULL INN"), record("11000000002", "GULL BAKERY")])),
    ),
  );
  const own = bulk(server.url, { states: ["nsw"], words: ["inn"] });
  expect(await own.night()).toMatchObject([{ rows: 1 }]);
  expect(await own.landed("entities", LANDED)).toMatchObject([{ main_name: "GULL INN" }]);
});

describe("an extract that is not whole is asked again and lands nothing:", () => {
  const good = zip(file([record("11000000001", "A"), record("11000000002", "B")]));
  const spoilt = Buffer.from(good);
  spoilt[80] = 255 - spoilt[80]!;
  test.each<[string, Buffer, RegExp]>([
    ["a zip that was cut", good.subarray(0, good.length - 40), /is no whole zip file/],
    ["bytes that changed on the way", spoilt, /is no whole zip file|another checksum/],
    [
      "fewer records than the file says",
      zip(file([record("11000000001", "A")], 2)),
      /has 1 of 2 records/,
    ],
    [
      "XML that ends early",
      zip(file([record("11000000001", "A")]).slice(0, -40)),
      /Public0\.xml: the XML ends inside <Transfer>/,
    ],
  ])("%s", async (_name, body, message) => {
    const server = await serve(reply(200, body));
    const own = bulk(server.url);
    await expect(own.night()).rejects.toThrow(message);
    expect(await own.landed("entities", LANDED)).toEqual([]);
  });

  test("a zip without an XML file", async () => {
    const server = await serve(reply(200, zipOf([{ name: "readme.txt", body: Buffer.from("x") }])));
    await expect(bulk(server.url).night()).rejects.toThrow("has no XML file in it (fatal)");
  });
});

test("a record that is not well-formed is set aside, the others land", async () => {
  const records = Array.from({ length: 200 }, (_, index) =>
    record(`11000000${index + 100}`, `INN ${index}`),
  );
  records[7] = record("11000000107", "INN 7").replace("</EntityTypeInd>", "</EntityType>");
  records[9] = record("11000000109", "INN \u0001");
  const [first, ...rest] = await cellsOf(file(records));
  expect(first).toContain("INN 0");
  const refused = rest.filter((found) => "refused" in found);
  expect(refused).toHaveLength(2);
  expect(refused[1]).toMatchObject({ refused: expect.stringContaining("<ABR> 10") });
  expect(rest).toHaveLength(199);
});

test("a record that never ends is refused before it fills the memory", async () => {
  const endless = `<Transfer><ABR><X>${"x".repeat(5 * 2 ** 20)}`;
  await expect(cellsOf(endless, "x")).rejects.toThrow("<ABR> 1 never ends");
});

test("any bytes cut anywhere give the same records", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(3000), { maxLength: 8 }),
      async (names, cuts) => {
        const clean = names.map((name) => name.replace(/[\p{C}\ufffe\uffff]/gu, "").trim() || "x");
        const bytes = Buffer.from(
          file(clean.map((name, index) => record(`1100000000${index}`, name))),
        );
        const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const found = await cellsOf(...chunks);
        expect(found).toEqual(await cellsOf(bytes));
        expect(found.map((cells) => (cells as string[])[7])).toEqual(clean);
      },
    ),
    { numRuns: 60 },
  );
});

describe.skipIf(!existsSync(SAMPLES))(
  "samples of the register (absent: set LEADHOUSE_SAMPLES)",
  () => {
    const sample = (name: string) => readFileSync(join(SAMPLES, "gov/abr", name), "utf8");

    test("a real record is read to the last element", async () => {
      const [cells] = await cellsOf(
        `<Transfer>${sample("bulk-extract-record-2024.xml")}</Transfer>`,
      );
      expect(cells).toEqual([
        "88712649015",
        "ACT",
        "19991101",
        "20240412",
        "N",
        "SGE",
        "State Government Entity",
        "STATE EMERGENCY SERVICE (NSW)",
        null,
        null,
        null,
        "NSW",
        "2500",
        null,
        "ACT",
        "20000701",
        '[{"type":"TRD","name":"NEW SOUTH WALES STATE EMERGENCY SERVICE"}]',
        null,
      ]);
    });

    test("a file whose count does not fit is not taken for the register", async () => {
      const read = cellsOf(sample("SYNTHETIC-bulk-extract-file.xml"));
      await expect(read).rejects.toThrow(Failure);
    });
  },
);
