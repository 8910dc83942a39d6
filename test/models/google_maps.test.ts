import { afterAll, beforeAll, expect, test } from "vitest";
import { envelope, type Night, openNight } from "./kit/night.ts";

type Fields = Readonly<Record<string, unknown>>;

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

/** An answer about a cell; each list of places is a page. */
function answer(cell: string, pages: readonly (readonly Fields[])[], more: object = {}) {
  const body = JSON.stringify({ q: "lodging", gl: "us" });
  return {
    ...envelope(cell),
    request: JSON.stringify({ method: "POST", body }),
    response: JSON.stringify(pages.map((places) => ({ places, credits: 3 }))),
    ...more,
  };
}

async function records(answers: readonly object[], columns: string) {
  await night.build({ tables: { "google_maps.answers": answers as Fields[] } }, "hotel_records");
  return await night.rows(`select ${columns} from resolution.hotel_records order by record_id`);
}

const GULL = {
  title: "Gull Inn",
  address: "12 Pelican Ave, Tampa, FL 33602",
  latitude: 27.95,
  longitude: -82.46,
  rating: 4.4,
  ratingCount: 150,
  type: "Motel",
  website: "https://gullinn.example/?utm_source=gmb",
  phoneNumber: "+1 813-555-0142",
  cid: "10651910879951459236",
  placeId: "ChIJgull",
};
const LATER = { run_id: "run-2", fetched_at: "2026-06-15 01:00:00+00" };

test("a place of Serper is a record with its address, phone, rating and place id", async () => {
  expect(
    await records(
      [answer("cell", [[GULL]])],
      "record_id, hotel_name, category, city, state, zip_code, country, phone, place_id, is_active",
    ),
  ).toEqual([
    {
      record_id: "google_maps:ChIJgull",
      hotel_name: "Gull Inn",
      category: "motel",
      city: "Tampa",
      state: "FL",
      zip_code: "33602",
      country: "US",
      phone: "+18135550142",
      place_id: "ChIJgull",
      is_active: null,
    },
  ]);
  expect(
    await night.rows(
      "select rating::double as rating, review_count from resolution.source_records",
    ),
  ).toEqual([{ rating: 4.4, review_count: 150 }]);
});

test("the Places API fills the same columns, and says who closed for good", async () => {
  const place = {
    id: "ChIJgull",
    displayName: { text: "Gull Inn", languageCode: "en" },
    primaryType: "resort_hotel",
    formattedAddress: "12 Pelican Ave, Tampa, FL 33602, USA",
    location: { latitude: 27.95, longitude: -82.46 },
    nationalPhoneNumber: "(813) 555-0142",
    rating: 4,
    userRatingCount: 7,
    businessStatus: "CLOSED_PERMANENTLY",
  };
  expect(
    await records(
      [answer("cell", [[place]])],
      "record_id, hotel_name, category, city, phone, latitude, is_active",
    ),
  ).toEqual([
    {
      record_id: "google_maps:ChIJgull",
      hotel_name: "Gull Inn",
      category: "resort",
      city: "Tampa",
      phone: "+18135550142",
      latitude: 27.95,
      is_active: false,
    },
  ]);
});

test("a place in several cells, terms and pages is one record, by its newest answer", async () => {
  const renamed = { ...GULL, title: "Heron Inn" };
  const split = { outcome: "empty", error: "showed 60 places and may hold more" };
  expect(
    await records(
      [
        answer("whole", [[GULL], [GULL]], split),
        answer("west", [[renamed]], LATER),
        answer("east", [[GULL]]),
      ],
      "record_id, hotel_name",
    ),
  ).toEqual([{ record_id: "google_maps:ChIJgull", hotel_name: "Heron Inn" }]);
});

test("a place that left its cell is gone; a failed question changes nothing", async () => {
  const other = { ...GULL, placeId: "ChIJheron", title: "Heron Inn" };
  const failed = { ...LATER, outcome: "blocked", response: '{"message":"Unauthorized."}' };
  expect(
    await records(
      [
        answer("cell", [[GULL, other]]),
        answer("cell", [[other]], LATER),
        answer("next", [[{ ...GULL, placeId: undefined, cid: "42" }]]),
        answer("next", [], failed),
      ],
      "record_id, place_id",
    ),
  ).toEqual([
    { record_id: "google_maps:42", place_id: null },
    { record_id: "google_maps:ChIJheron", place_id: "ChIJheron" },
  ]);
});

test("an answer older than Google lets us keep counts no more", async () => {
  const old = { fetched_at: "2026-05-10 01:00:00+00" };
  expect(await records([answer("cell", [[GULL]], old)], "record_id, place_id")).toEqual([]);
});
