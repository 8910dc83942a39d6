import { afterAll, beforeAll, expect, test } from "vitest";
import { type Landing, type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

/** A hotel that holds every launch condition. */
const PALM = {
  source_record_id: "1",
  hotel_name: "Palm House Inn",
  category: "hotel",
  street: "12 Ocean Dr",
  city: "Miami Beach",
  zip_code: "33139",
  phone: "305 555 0142",
  email: "innkeeper@palmhouse.com",
  website: "https://www.palmhouse.com",
  booking_url: "https://hotels.cloudbeds.com/reservation/aB3dE9",
  room_count: "40",
  latitude: "25.78",
  longitude: "-80.13",
  rating: "4.1",
  review_count: "1200",
};

function landing(change: object, more: Landing = {}): Landing {
  const records = [{ ...PALM, ...change }];
  return {
    lists: [{ source: "hubspot", constants: { state: "FL", country: "US" }, records }],
    ...more,
  };
}

async function judged(): Promise<unknown> {
  const rows = await night.rows("select status, is_live from marts.hotels order by hotel_id");
  return rows.map(({ status, is_live }) => [status, is_live])[0];
}

test("a hotel that holds every condition is launched and explains its score", async () => {
  await night.build(landing({}));
  expect(await judged()).toEqual([1, true]);
  const rows = await night.rows(`
    select hotel, booking_engine, score, priority, city_slug, state_slug, country_slug
    from marts.leads`);
  expect(rows).toEqual([
    {
      hotel: "Palm House Inn",
      booking_engine: "Cloudbeds",
      score: 65,
      priority: "medium",
      city_slug: "miami-beach",
      state_slug: "fl",
      country_slug: "us",
    },
  ]);
  const [scored] = await night.rows("select score_details from marts.hotels");
  expect(JSON.parse(String(scored?.score_details))).toMatchObject({
    reach: { points: 18, email: "role_decider_email", phone: "direct_phone", decision_maker: null },
    fit: { points: 25, booking_engine: "tier_1", ownership: "independent", size: "size_25_249" },
    place: { points: 0 },
    missing: ["decision_maker"],
  });
});

test.each([
  ["a name that is no hotel", { hotel_name: "Online Bookings" }, -1],
  [
    "a chain's site as its only booking path",
    { booking_url: "https://www.hilton.com/en/book" },
    -1,
  ],
  ["a point outside its state", { latitude: "-33.87", longitude: "151.2" }, -2],
  ["no engine", { booking_url: "" }, 0],
  ["a campground", { category: "campground" }, 0],
  [
    "a rental suite and no category",
    { booking_url: "https://palm.guestybookings.com/", category: "" },
    0,
  ],
  [
    "too low a score",
    { phone: "", email: "", website: "", room_count: "", rating: "", street: "", latitude: "" },
    0,
  ],
])("%s is not launched", async (_, change, status) => {
  await night.build(landing(change));
  expect(await judged()).toEqual([status, false]);
  expect(await night.rows("select * from marts.leads")).toEqual([]);
});

test("whole words decide: Whitestone Inn holds no test", async () => {
  await night.build(landing({ hotel_name: "Whitestone Inn" }));
  expect(await judged()).toEqual([1, true]);
  await night.build(landing({ hotel_name: "Test Whitestone Inn" }));
  expect(await judged()).toEqual([-1, false]);
});

test("a merged hotel stays, with the hotel that holds its records", async () => {
  const tables = {
    "match.hotel_redirects": [
      { hotel_id: 7, merged_into: 8 },
      { hotel_id: 8, merged_into: 1000 },
    ],
  };
  await night.build(landing({}, { tables }));
  expect(
    await night.rows(
      "select hotel_id, name, status, merged_into from marts.hotels order by hotel_id",
    ),
  ).toEqual([
    { hotel_id: 7n, name: "Palm House Inn", status: -3, merged_into: 1000n },
    { hotel_id: 8n, name: "Palm House Inn", status: -3, merged_into: 1000n },
    { hotel_id: 1000n, name: "Palm House Inn", status: 1, merged_into: null },
  ]);
});

test("the funnel counts each hotel in its city and in its state", async () => {
  const other = {
    ...PALM,
    source_record_id: "2",
    hotel_name: "Reef Lodge",
    booking_url: "",
    city: "Naples",
  };
  const records = [PALM, other];
  await night.build({
    lists: [{ source: "hubspot", constants: { state: "FL", country: "US" }, records }],
  });
  expect(
    await night.rows(`
      select market_id, metric, hotels, share::double as share from marts.market_stats
      where metric in ('total hotels', 'launched') order by all`),
  ).toEqual([
    { market_id: "us/fl", metric: "launched", hotels: 1n, share: 0.5 },
    { market_id: "us/fl", metric: "total hotels", hotels: 2n, share: 1 },
    { market_id: "us/fl/miami-beach", metric: "launched", hotels: 1n, share: 1 },
    { market_id: "us/fl/miami-beach", metric: "total hotels", hotels: 1n, share: 1 },
    { market_id: "us/fl/naples", metric: "launched", hotels: 0n, share: 0 },
    { market_id: "us/fl/naples", metric: "total hotels", hotels: 1n, share: 1 },
  ]);
});

test("an empty first night builds every mart", async () => {
  await night.build({});
  for (const mart of ["hotels", "leads", "market_stats", "field_provenance"]) {
    expect(await night.rows(`select * from marts.${mart}`)).toEqual([]);
  }
});

test("the order in which rows landed changes nothing", async () => {
  const many = Array.from({ length: 60 }, (_, index) => ({
    ...PALM,
    source_record_id: `${index}`,
    hotel_name: `Palm ${index % 7} House`,
    email: `info@palm${index % 5}.com`,
    rating: `${(index % 4) + 1}`,
    city: ["Miami Beach", "Naples", "MIAMI BCH"][index % 3],
  }));
  const same = [many.slice(0, 30).map((record) => `hubspot:${record.source_record_id}`)];
  const marts = async (records: readonly object[]) => {
    await night.build({
      lists: [
        { source: "hubspot", batch: "b", constants: { state: "FL", country: "US" }, records },
      ],
      same,
    } as Landing);
    const tables = ["hotels", "leads", "field_provenance", "market_stats", "hotel_booking_engines"];
    return await Promise.all(tables.map((table) => night.rows(`select * from marts.${table}`)));
  };
  expect(await marts(many.toReversed())).toEqual(await marts(many));
});
