import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { envelope, type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

const row = (list: string, number: number, record: object, more: object = {}) => ({
  ...envelope(list),
  batch_id: list,
  list_name: list,
  row_number: String(number),
  record: JSON.stringify(record),
  ...more,
});

async function records(rows: readonly Readonly<Record<string, unknown>>[]) {
  await night.build({ tables: { "booking_engine_lists.rows": rows } }, "hotel_records");
  return await night.rows(
    "select source_record_id, hotel_name, engine, engine_property_id from resolution.hotel_records order by record_id",
  );
}

test("the engine and its property follow from the address, the name from the list or the slug", async () => {
  expect(
    await records([
      row("a", 1, {
        URL: "https://hotels.cloudbeds.com/en/reservation/AbC123?checkin=2026-01-01",
        Hotel: "Quay Inn",
      }),
      row("a", 2, { loc: "https://direct-book.com/properties/salt-heron-inndirect" }),
      row("a", 3, { url: "direct-book.com/properties/gulldirect", Name: "The Gull" }),
      row("b", 1, { slug: "quiet-palm-motel" }, { engine: "ipms247" }),
      row("b", 2, { slug: "5f0c" }, { engine: "nobody knows" }),
    ]),
  ).toEqual([
    {
      source_record_id: "direct-book.com/properties/gulldirect",
      hotel_name: "The Gull",
      engine: "SiteMinder",
      engine_property_id: "gulldirect",
    },
    {
      source_record_id: "direct-book.com/properties/salt-heron-inndirect",
      hotel_name: "Salt Heron Inn",
      engine: "SiteMinder",
      engine_property_id: "salt-heron-inndirect",
    },
    {
      source_record_id: "hotels.cloudbeds.com/en/reservation/AbC123?checkin=2026-01-01",
      hotel_name: "Quay Inn",
      engine: "Cloudbeds",
      engine_property_id: "AbC123",
    },
    {
      source_record_id: "live.ipms247.com/booking/book-rooms-quiet-palm-motel",
      hotel_name: "Quiet Palm Motel",
      engine: "JEHS / iPMS",
      engine_property_id: "quiet-palm-motel",
    },
  ]);
});

test("an address in two lists is one record, named by the list that knows its name", async () => {
  const url = "https://app.littlehotelier.com/properties/heron";
  expect(await records([row("a", 1, { url }), row("b", 1, { url, hotel: "Heron House" })])).toEqual(
    [expect.objectContaining({ hotel_name: "Heron House", engine_property_id: "heron" })],
  );
});

test("an engine's number without a name is no hotel yet", async () => {
  const url = "https://hotels.cloudbeds.com/en/reservation/AbC123";
  expect(await records([row("a", 1, { url })])).toEqual([]);
});

test("every template's address is recognised as its engine's, with the slug as its property", async () => {
  const sql = night.project.compileInline(
    "select booking_engine, regexp_extract(url_template, '^https://([^/]+)', 1) as host, url_template from {{ ref('booking_engine_templates') }}",
  ).text;
  const templates = await night.rows(sql);
  expect(templates.length).toBeGreaterThan(5);
  const rows = templates.map(({ booking_engine }, index) =>
    row("all", index + 1, {
      slug: booking_engine === "Mews" ? "0f0e0d0c-1111-2222-3333-444455556666" : "gull12",
      name: "Gull Inn",
      engine: booking_engine,
    }),
  );
  const found = await records(rows);
  expect(found.map(({ engine }) => engine).sort()).toEqual(
    templates.map(({ booking_engine }) => booking_engine).sort(),
  );
  expect(found.every(({ engine_property_id }) => engine_property_id !== null)).toBe(true);
});

test("words of a slug are the name again; what is no words has none", async () => {
  const sql = night.project.compileInline(
    "select {{ name_of_slug('slug') }} as name from given",
  ).text;
  const nameOf = async (slug: string) =>
    (await night.rows(`with given as (select '${slug}' as slug) ${sql}`))[0]?.name;
  const word = fc
    .stringMatching(/^[a-z]{4,9}$/)
    .filter(
      (text) =>
        !/^(book|booking|reserve|reservations?|search|availability|index|properties|property|distributor|online|rates|checkout|direct)$/.test(
          text,
        ),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 2, maxLength: 4 }), async (words) => {
      // "…innsdirect" ends as SiteMinder's slugs do.
      fc.pre(!words.at(-1)?.endsWith("direct"));
      const name = words.map((text) => text[0]?.toUpperCase() + text.slice(1)).join(" ");
      expect(await nameOf(words.join("-"))).toBe(name);
      expect(await nameOf(`${words.join("_")}direct`)).toBe(name);
    }),
    { numRuns: 25 },
  );
  for (const slug of ["saltheroninn", "0f0e-0d0c", "search-availability", "AbC123", "a-b"]) {
    expect(await nameOf(slug)).toBeNull();
  }
});
