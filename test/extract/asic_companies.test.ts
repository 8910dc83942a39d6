import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { step } from "../../extract/asic_companies.ts";
import { tabSeparated } from "../../extract/kit/tab-separated.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { type Reply, reply, serve } from "./kit/server.ts";

const HEADER =
  "Company Name|ACN|Type|Class|Sub Class|Status|Date of Registration|Date of Deregistration|Previous State of Registration|State Registration number|Modified since last report|Current Name Indicator|ABN|Current Name|Current Name Start Date";
const row = (name: string, acn: string, current = "Y") =>
  [
    name,
    acn,
    "APTY",
    "LMSH",
    "PROP",
    "REGD",
    "08/01/1990",
    "",
    "NSW",
    "46869041",
    "",
    current,
    "0",
    "",
    "",
  ].join("\t");
const text = (...rows: string[]) =>
  `\ufeff${[HEADER.replaceAll("|", "\t"), ...rows].join("\r\n")}\r\n`;

const LANDED =
  "select company_name, acn, company_status, row_number from landed where acn is not null order by row_number::int";

/** A portal whose package has a help file and two releases, the newer one first. */
async function portal(file: Reply) {
  const server = await serve((response, seen) => {
    if (!seen.path.endsWith("package_show")) return file(response, seen);
    const release = (month: string) => ({
      name: `Company Dataset ${month}`,
      format: "CSV",
      url: `http://${seen.headers.host}/download/company_2026${month}.csv`,
      last_modified: `2026-${month}-01`,
    });
    const help = { name: "Company help", format: "PDF", url: "https://data.example/help.pdf" };
    const resources = [help, release("09"), release("08")];
    reply(200, JSON.stringify({ success: true, result: { resources } }))(response, seen);
  });
  const settings = { portal: `${server.url}/data`, per_second: 1000 };
  return { server, own: project({ source: "asic_companies", step, settings }) };
}

test("the newest release lands as it is; quotes are letters", async () => {
  const file = text(row('OLD "INN PTY LTD', "000000019", ""), row("GULL PTY LTD", "000000019"));
  const { own, server } = await portal(reply(200, file, { etag: '"a"' }));
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 2 }]);
  expect(server.seen.map(({ path }) => path)).toEqual([
    "/data/api/3/action/package_show",
    "/download/company_202609.csv",
  ]);
  expect(await own.landed("companies", LANDED)).toEqual([
    { company_name: 'OLD "INN PTY LTD', acn: "000000019", company_status: "REGD", row_number: "1" },
    { company_name: "GULL PTY LTD", acn: "000000019", company_status: "REGD", row_number: "2" },
  ]);
  await own.night({ hours: 24 * 7 });
  expect(server.seen[3]?.headers["if-none-match"]).toBe('"a"');
});

test.each<[string, string, RegExp]>([
  [
    "another header",
    text().replace("Current Name Indicator", "Is Current"),
    /no column "current_name_indicator"/,
  ],
  ["a file that was cut in a row", text(row("A", "000000019")).slice(0, -30), /the file was cut/],
  ["an empty file", "\ufeff", /no column|sent nothing/],
])("%s is refused and what landed stays", async (_name, file, message) => {
  const { own } = await portal(reply(200, file));
  await expect(own.night()).rejects.toThrow(message);
  expect(await own.landed("companies", LANDED)).toEqual([]);
});

test("records are the same wherever the bytes are cut", async () => {
  const field = fc
    .string({ unit: "grapheme", maxLength: 6 })
    .map((word) => `x${word.replace(/[\t\r\n\ufeff]/g, "")}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(400), { maxLength: 6 }),
      async (rows, cuts) => {
        const bytes = Buffer.from(`\ufeff${rows.map((cells) => cells.join("\t")).join("\r\n")}`);
        const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
        async function* chunks() {
          for (const [index, end] of ends.entries())
            yield bytes.subarray(ends[index - 1] ?? 0, end);
        }
        const found = [];
        for await (const { fields } of tabSeparated(chunks())) found.push(fields);
        const whole = bytes.toString("utf8").slice(1).split("\r\n");
        expect(found).toEqual(whole.map((line) => line.split("\t")));
      },
    ),
  );
});

describe.skipIf(!existsSync(SAMPLES))(
  "the real file's head (absent: set LEADHOUSE_SAMPLES)",
  () => {
    test("lands with every column known", async () => {
      const head = readFileSync(join(SAMPLES, "gov/asic/company_202608-head.csv"), "utf8");
      const { own } = await portal(reply(200, head));
      expect(await own.night()).toMatchObject([{ rows: 2 }]);
      expect(
        await own.landed(
          "companies",
          "select acn, current_name, extra from landed order by row_number::int",
        ),
      ).toMatchObject([
        { acn: "000000019", extra: null },
        { acn: "000000028", extra: null },
      ]);
    });
  },
);
