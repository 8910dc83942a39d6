import { afterAll, beforeAll, expect, test } from "vitest";
import { type Landing, type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

const US = { state: "FL", country: "US" };

/** One hotel of these records, each from a source of its own. */
function hotel(records: Readonly<Record<string, object>>, landed: Record<string, object> = {}) {
  const lists = Object.entries(records).map(([source, record]) => ({
    source,
    constants: US,
    records: [{ source_record_id: "1", hotel_name: "Palm House", ...record }],
    landed: { ...landed[source] },
  }));
  return { lists, same: [Object.keys(records).map((source) => `${source}:1`)] } as Landing;
}

async function candidates(field: string) {
  return await night.rows(`
    select source, field_value as value, is_winner, reason, effective_confidence::double as confidence
    from golden.field_winners where field_name = '${field}' order by place`);
}

test("the source of higher priority wins, the loser says why", async () => {
  await night.build(
    hotel({
      tripadvisor: { hotel_name: "The Palm House" },
      hubspot: { hotel_name: "COCO PALM LLC" },
    }),
    "field_winners",
  );
  expect(await candidates("name")).toEqual([
    {
      source: "tripadvisor",
      value: "The Palm House",
      is_winner: true,
      reason: "best candidate",
      confidence: 0.7,
    },
    {
      source: "hubspot",
      value: "Coco Palm LLC",
      is_winner: false,
      reason: "lower priority",
      confidence: 0.6,
    },
  ]);
});

test("two independent sources lift each other above the cap of one", async () => {
  await night.build(
    hotel({ tripadvisor: { email: "info@palm.com" }, hubspot: { email: "info@palm.com" } }),
    "field_winners",
  );
  expect(await candidates("email")).toMatchObject([
    { source: "tripadvisor", confidence: 0.8 },
    { source: "hubspot", reason: "agrees with the winner", confidence: 0.7 },
  ]);
});

test("lists of one origin do not corroborate each other", async () => {
  await night.build(
    hotel({ hubspot: { email: "info@palm.com" }, crm: { email: "info@palm.com" } }),
    "field_winners",
  );
  expect(await candidates("email")).toMatchObject([{ confidence: 0.6 }, { confidence: 0.6 }]);
});

test("a year without confirmation leaves 54 per cent", async () => {
  const old = { hubspot: { fetched_at: "2025-06-14 02:00:00+00" } };
  await night.build(hotel({ hubspot: { email: "info@palm.com" } }, old), "field_winners");
  expect(await candidates("email")).toMatchObject([{ confidence: 0.3242 }]);
});

test("at equal rank the newer observation wins, then the source's name", async () => {
  const months = { crm: { fetched_at: "2026-06-10 02:00:00+00" } };
  const rivals = { crm: { email: "a@palm.com" }, hubspot: { email: "b@palm.com" } };
  await night.build(hotel(rivals, months), "field_winners");
  expect(await candidates("email")).toMatchObject([
    { source: "hubspot" },
    { source: "crm", reason: "older" },
  ]);
  await night.build(hotel(rivals), "field_winners");
  expect(await candidates("email")).toMatchObject([
    { source: "crm" },
    { source: "hubspot", reason: "tie by source name" },
  ]);
});

test("a local number comes before a toll-free one", async () => {
  const phones = { phone: "888 555 0142", phone_alt: "305 555 0142" };
  await night.build(hotel({ hubspot: phones }), "field_winners");
  expect(await candidates("phone")).toMatchObject([{ value: "+13055550142" }]);
});

test("the lines of an address come from one record", async () => {
  await night.build(
    hotel({
      tripadvisor: { city: "Naples", zip_code: "34102" },
      hubspot: { street: "12 Ocean Dr", city: "Miami Beach" },
    }),
    "golden_hotels",
  );
  expect(await night.rows("select address, city, zip_code from golden.golden_hotels")).toEqual([
    { address: "12 Ocean Dr", city: "Miami Beach", zip_code: null },
  ]);
  expect(await candidates("zip_code")).toMatchObject([
    { value: "34102", is_winner: false, reason: "less complete" },
  ]);
});

test("a lead list's room count is nobody's", async () => {
  await night.build(
    hotel({ fl_leads: { room_count: "50" }, hubspot: { room_count: "12" } }),
    "golden_hotels",
  );
  expect(await candidates("room_count")).toMatchObject([{ source: "hubspot", value: "12" }]);
});

test("an engine that is only named is not published", async () => {
  await night.build(
    hotel({ hubspot: { booking_engine: "Cloudbeds", booking_url: "https://palm.com/book" } }),
    "golden_hotels",
  );
  expect(await candidates("booking_engine")).toEqual([]);
  expect(await night.rows("select booking_engine from golden.golden_hotels")).toEqual([
    { booking_engine: null },
  ]);
});

test("the site of an agency or directory is not the hotel's", async () => {
  await night.build(
    hotel({
      tripadvisor: { website: "https://www.facebook.com/palm" },
      hubspot: { website: "palm.com" },
    }),
    "golden_hotels",
  );
  expect(await candidates("website")).toMatchObject([{ value: "https://palm.com/" }]);
});
