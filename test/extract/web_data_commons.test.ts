import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { parseQuad } from "../../extract/kit/n-quads.ts";
import { step } from "../../extract/web_data_commons.ts";
import { startWorld } from "../../sandbox/world.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { reply, serve } from "./kit/server.ts";

const PAGE = "<https://gull.example/>";
const NAME = "<http://schema.org/name>";
const QUADS =
  "select page_url, subject, predicate, object, object_kind, language from landed where subject is not null";

test.each<[string, readonly (string | null)[]]>([
  [
    `_:n0 ${NAME} "Gull Inn" ${PAGE} .`,
    ["https://gull.example/", "_:n0", "http://schema.org/name", "Gull Inn", "literal", null],
  ],
  [
    `_:n0 ${NAME} "Gull"@en-au ${PAGE}.`,
    ["https://gull.example/", "_:n0", "http://schema.org/name", "Gull", "literal", "en-au"],
  ],
  [
    `<https://x/#h> ${NAME} _:b ${PAGE} .`,
    ["https://gull.example/", "https://x/#h", "http://schema.org/name", "_:b", "blank", null],
  ],
  [
    `_:n0 ${NAME} <http://schema.org/Hotel> ${PAGE} .`,
    [
      "https://gull.example/",
      "_:n0",
      "http://schema.org/name",
      "http://schema.org/Hotel",
      "iri",
      null,
    ],
  ],
  [
    `_:n0 ${NAME} "12"^^<http://www.w3.org/2001/XMLSchema#integer> ${PAGE} .`,
    ["https://gull.example/", "_:n0", "http://schema.org/name", "12", "literal", null],
  ],
  [
    `_:n0 ${NAME} "H\\u00F4tel \\"Caf\\u00E9\\"\\n\\U0001F3E8 \\\\" ${PAGE} .`,
    [
      "https://gull.example/",
      "_:n0",
      "http://schema.org/name",
      'Hôtel "Café"\n🏨 \\',
      "literal",
      null,
    ],
  ],
  [
    `_:n0 ${NAME} "a\\u0000\\uD800" ${PAGE} .`,
    ["https://gull.example/", "_:n0", "http://schema.org/name", "a\ufffd\ufffd", "literal", null],
  ],
])("%s", (line, cells) => {
  expect(parseQuad(line)).toEqual(cells);
});

test.each([
  "this line is not a quad",
  `_:n0 ${NAME} "no end ${PAGE} .`,
  `_:n0 ${NAME} "no graph" .`,
])("%s is set aside", (line) => {
  expect(parseQuad(line)).toEqual({ refused: "the line is no quad", text: line });
});

test("any text that is escaped is read as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const escaped = text.replace(
        /[\\"\n\r]/g,
        (found) => ({ "\n": "\\n", "\r": "\\r" })[found] ?? `\\${found}`,
      );
      expect(parseQuad(`_:n ${NAME} "${escaped}" ${PAGE} .`)).toMatchObject({
        3: text.replaceAll("\0", "\ufffd"),
      });
    }),
  );
});

test("a line of any bytes ends soon, as cells or set aside", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 3000 }),
      fc.constantFrom("\\", '"', "<", "_:"),
      (text, often) => {
        const found = parseQuad(`_:n ${NAME} "${often.repeat(400)}${text.replaceAll("\n", " ")}`);
        expect(found === undefined || "refused" in found || found.length === 6).toBe(true);
      },
    ),
  );
});

test("the sandbox's parts land quad by quad, what is no quad beside them", async () => {
  const world = await startWorld({ seed: 3, properties: 200 });
  onTestFinished(() => world.close());
  const files = [0, 1].map(
    (part) =>
      `sandbox://web_data_commons/structureddata/2024-12/quads/classspecific/Hotel/part_${part}.gz`,
  );
  const settings = { files, per_second: 1000 };
  const own = project({
    source: "web_data_commons",
    step,
    settings,
    resolve: (url) => world.resolve(url),
  });
  await own.night();
  const pages = await own.landed(
    "quads",
    "select distinct page_url from landed where subject is not null",
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(
    await own.landed("quads", "select response, error from landed where outcome = 'fatal'"),
  ).toEqual([{ response: "this line is not a quad", error: "the line is no quad" }]);
  expect(await own.night()).toMatchObject([{ requests: 0, unchanged: true }]);
});

test("hosts below other domains are left out where a profile says so", async () => {
  const line = (host: string) => `_:n0 ${NAME} "x" <https://${host}/> .`;
  const hosts = [
    "gull.com",
    "gull.com.au",
    "gull.de",
    "www.booking.com:8080",
    "gull.com.",
    "com.de",
  ];
  const server = await serve(reply(200, gzipSync(hosts.map(line).join("\n"))));
  const own = project({
    source: "web_data_commons",
    step,
    settings: { files: [`${server.url}/part_0.gz`], top_level_domains: ["com", "au"] },
  });
  await own.night();
  const found = await own.landed("quads", "select page_url from landed order by 1");
  expect(found.map(({ page_url }) => page_url)).toEqual(
    ["gull.com.", "gull.com", "gull.com.au", "www.booking.com:8080"]
      .map((host) => `https://${host}/`)
      .sort(),
  );
});

test("gzip that was cut is asked for again, and nothing of it stays", async () => {
  const lines = Array.from(
    { length: 5000 },
    (_, index) => `_:n${index} ${NAME} "${index * 7919}" ${PAGE} .`,
  );
  const whole = gzipSync(lines.join("\n"));
  const server = await serve(reply(200, whole.subarray(0, whole.length / 2)), reply(200, whole));
  const own = project({
    source: "web_data_commons",
    step,
    settings: { files: [`${server.url}/part_0.gz`] },
  });
  expect(await own.night()).toMatchObject([{ rows: 5000, requests: 2 }]);
});

test("a part that was unpacked is read from disk", async () => {
  const own = project({ source: "web_data_commons", step, settings: { files: ["hotels.nq"] } });
  own.write("hotels.nq", `# a comment\n\n_:n0 ${NAME} "Gull Inn" ${PAGE} .\r\n`);
  await own.night();
  expect(await own.landed("quads", QUADS)).toMatchObject([{ object: "Gull Inn" }]);
});

const samples = join(SAMPLES, "wdc");

test.skipIf(!existsSync(samples))(
  "the synthetic samples are read (needs the samples)",
  async () => {
    const own = project({
      source: "web_data_commons",
      step,
      settings: { files: ["a.nq", "b.nq"] },
    });
    own.write("a.nq", readFileSync(join(samples, "SYNTHETIC-hotel.nq")));
    own.write("b.nq", readFileSync(join(samples, "SYNTHETIC-escapes-and-aggregators.nq")));
    await own.night();
    expect(
      await own.landed(
        "quads",
        "select object, language from landed where predicate like '%Hotel/name' order by 1",
      ),
    ).toEqual([{ object: 'Hôtel "Café"', language: "fr" }]);
    expect(
      await own.landed("quads", "select response from landed where outcome = 'fatal'"),
    ).toEqual([{ response: "this line is not a quad" }]);
  },
);
