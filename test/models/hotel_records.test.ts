import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { envelope, type Landing, type Night, openNight, overpass } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

async function records(landing: Landing, columns = "record_id") {
  await night.build(landing, "hotel_records");
  const rows = await night.rows(
    `select ${columns} from resolution.hotel_records order by record_id`,
  );
  return columns.includes(",") ? rows : rows.map((row) => Object.values(row)[0]);
}

const SEASIDE = {
  license_number: "HOT2300001",
  business_name: "THE SEASIDE INN",
  licensee_name: "SEASIDE HOLDINGS LLC",
  location_street_address: "341 OKLAHOMA ST",
  location_city: "MIAMI BCH",
  location_zip_code: "33139-1234",
};

describe("licences", () => {
  test("a licence repeated for each of its units is one record", async () => {
    expect(await records({ licences: [SEASIDE, SEASIDE, SEASIDE] })).toEqual([
      "florida_dbpr:HOT2300001",
    ]);
    expect(await night.rows("select count_rows from staging.stg_florida_dbpr__licences")).toEqual([
      { count_rows: 3n },
    ]);
  });

  test("a licence of a single unit is no hotel", async () => {
    const unit = { ...SEASIDE, number_of_seats_or_rental_units: "1", rank_code: "CNDO" };
    expect(await records({ licences: [unit] })).toEqual([]);
  });

  test("a licence that left the register is gone, one that reappears keeps its id", async () => {
    const second = { ...SEASIDE, license_number: "HOT2300002" };
    const later = { run_id: "run-2", fetched_at: "2026-06-15 01:00:00+00" };
    expect(await records({ licences: [SEASIDE, second, { ...second, ...later }] })).toEqual([
      "florida_dbpr:HOT2300002",
    ]);
  });

  test("an answer without changes keeps the records and their freshness", async () => {
    const unchanged = envelope("hrlodge1", {
      status: 304,
      run_id: "run-2",
      fetched_at: "2026-06-15 01:00:00+00",
    });
    const landing = { licences: [SEASIDE], tables: { "florida_dbpr.licences": [unchanged] } };
    expect(await records(landing, "record_id, observed_at")).toEqual([
      { record_id: "florida_dbpr:HOT2300001", observed_at: new Date("2026-06-15T00:00:00Z") },
    ]);
  });

  test("a request that failed neither adds nor removes", async () => {
    const failed = { ...SEASIDE, license_number: "HOT2300009", outcome: "retry", run_id: "run-2" };
    expect(await records({ licences: [SEASIDE, failed] })).toEqual(["florida_dbpr:HOT2300001"]);
  });

  test("the register's capitals, cut city and zip are read", async () => {
    const columns =
      "hotel_name, name_core, street_number, street_name, address, city, city_key, zip_code, country, category";
    expect(await records({ licences: [SEASIDE] }, columns)).toEqual([
      {
        hotel_name: "The Seaside Inn",
        name_core: "seaside",
        street_number: "341",
        street_name: "oklahoma st",
        address: "341 Oklahoma St",
        city: "Miami Beach",
        city_key: "miami beach",
        zip_code: "33139",
        country: "US",
        category: "hotel",
      },
    ]);
  });
});

describe("lodgings", () => {
  const node = { type: "node", id: 1, lat: 25.79, lon: -80.13 };

  test("a newer answer replaces the older one of its area", async () => {
    const first = overpass([{ ...node, tags: { tourism: "hotel", name: "Old Palm" } }]);
    const second = overpass([{ ...node, id: 2, tags: { tourism: "hotel", name: "New Palm" } }], {
      run_id: "run-2",
      fetched_at: "2026-06-15 01:00:00+00",
    });
    const tables = { "openstreetmap.answers": [first, second] };
    expect(await records({ tables })).toEqual(["openstreetmap:node/2"]);
  });

  test("an answer that is no JSON leaves the older one standing", async () => {
    const first = overpass([{ ...node, tags: { tourism: "hotel", name: "Old Palm" } }]);
    const broken = { ...envelope("area-2"), response: "<html>busy</html>" };
    const tables = { "openstreetmap.answers": [first, broken] };
    expect(await records({ tables })).toEqual(["openstreetmap:node/1"]);
  });

  test("a point without a state is in the state whose box alone holds it", async () => {
    const tags = { tourism: "hotel", name: "Palm", phone: "305 555 0142; +1 305 555 0143" };
    expect(
      await records({ lodgings: [{ ...node, tags }] }, "state, country, phone, phone_alt"),
    ).toEqual([{ state: "FL", country: "US", phone: "+13055550142", phone_alt: "+13055550143" }]);
  });

  test("null island is no place", async () => {
    const tags = { tourism: "hotel", name: "Palm" };
    const landing = { lodgings: [{ ...node, lat: 0, lon: 0, tags }] };
    expect(await records(landing, "latitude, longitude")).toEqual([
      { latitude: null, longitude: null },
    ]);
  });
});

describe("lists", () => {
  const list = (record: object, more: object = {}) => ({
    lists: [{ source: "directory", records: [{ hotel_name: "Palm House", ...record }], ...more }],
  });

  test("a client's list and a withdrawn one are not merged", async () => {
    expect(await records(list({}, { purpose: "client" }))).toEqual([]);
    expect(await records(list({}, { purpose: "withdrawn" }))).toEqual([]);
    expect(await records(list({}))).toEqual(["directory:directory-1-1"]);
  });

  test("a constant fills what the list does not say", async () => {
    const landing = list({ city: "Naples" }, { constants: { state: "FL", country: "US" } });
    expect(await records(landing, "city, state, country")).toEqual([
      { city: "Naples", state: "FL", country: "US" },
    ]);
  });

  test.each([
    [
      "3201 Collins Ave Faena District, Miami Beach, FL 33140-4023",
      "3201",
      "collins ave",
      "miami beach",
      "FL",
      "33140",
      "US",
    ],
    [
      "1821 Boren Avenue, Seattle Washington 98101 USA",
      "1821",
      "boren ave",
      "seattle",
      "WA",
      "98101",
      "US",
    ],
    ["12 Smith St, Bondi NSW 2026", "12", "smith st", "bondi", "NSW", "2026", "AU"],
    ["5/12 Smith Street, Perth WA 6000, Australia", "12", "smith st", "perth", "WA", "6000", "AU"],
    ["100 N.E. 2nd St., Apt 4, Miami, FL, 33132", "100", "ne 2 st", "miami", "FL", "33132", "US"],
    [
      "44 St. George Street, St. Augustine, Florida",
      "44",
      "saint george st",
      "st augustine",
      "FL",
      null,
      "US",
    ],
    ["9000 US Highway 1, Key West, FL 33040", "9000", "us hwy 1", "key west", "FL", "33040", "US"],
    ["341-343 Fifth Avenue, Naples, FL 34102", "341", "5 ave", "naples", "FL", "34102", "US"],
  ])("%s is taken apart", async (address, number, street, city, state, zip, country) => {
    expect(
      await records(
        list({ address }),
        "street_number, street_name, city_key, state, zip_code, country",
      ),
    ).toEqual([
      {
        street_number: number,
        street_name: street,
        city_key: city,
        state,
        zip_code: zip,
        country,
      },
    ]);
  });

  test.each([
    ["The Hotel", null, null],
    ["Hotel Miami Beach", null, null],
    ["Sea & Sand Motel", "sand sea", null],
    ["Courtyard Gardens", "courtyard gardens", null],
    ["Hampton Inn Naples", "hampton naples", "Hampton Inn"],
    ["Holiday Inn Express & Suites", "express holiday", "Holiday Inn Express"],
    ["Regent Cottages", "regent", null],
    ["Innkeeper's Whitestone", "innkeepers whitestone", null],
  ])("the core of %s is %s, its brand %s", async (hotel_name, core, brand) => {
    const landing = list({ hotel_name, phone: "305 555 0142", city: "Miami Beach", country: "US" });
    expect(await records(landing, "name_core, brand")).toEqual([{ name_core: core, brand }]);
  });

  test.each([
    ["http://www.palmhouse.com/?utm_source=gmb", "palmhouse.com", "palmhouse.com"],
    ["palmhouse.com.au/rooms", "palmhouse.com.au", "palmhouse.com.au"],
    ["https://palmhouse.wixsite.com/home", "palmhouse.wixsite.com", "palmhouse.wixsite.com"],
    ["https://www.marriott.com/hotels/miapm", "marriott.com", null],
    ["https://www.facebook.com/palmhouse", "facebook.com", null],
    ["https://hotels.cloudbeds.com/reservation/aB3dE9", "cloudbeds.com", null],
    ["ask at the desk", null, null],
  ])("%s has the domain %s, its own is %s", async (website, registrable, own) => {
    expect(await records(list({ website }), "website_domain, domain")).toEqual([
      { website_domain: registrable, domain: own },
    ]);
  });

  test.each([
    ["Einfo@palmhouse.com", "info@palmhouse.com"],
    ["878-2200reservations@palmhouse.com", "reservations@palmhouse.com"],
    ["mailto:Stay@PalmHouse.com?subject=x", "stay@palmhouse.com"],
    ["logo@2x.png", null],
    ["einstein@palmhouse.com", "einstein@palmhouse.com"],
  ])("the mailbox %s is %s", async (email, expected) => {
    expect(await records(list({ email }), "email, source")).toEqual([
      { email: expected, source: "directory" },
    ]);
  });

  test("the city most records of a zip code use joins the others", async () => {
    const at = (city: string | undefined, id: string) => ({
      hotel_name: id,
      ...(city && { city }),
      zip_code: "33139",
      state: "FL",
      country: "US",
    });
    const landing = {
      lists: [
        {
          source: "directory",
          records: [
            at("Miami Beach", "a"),
            at("Miami Beach", "b"),
            at("Miami", "c"),
            at(undefined, "d"),
          ],
        },
      ],
    };
    expect(await records(landing, "hotel_name, city, city_key")).toEqual([
      { hotel_name: "a", city: "Miami Beach", city_key: "miami beach" },
      { hotel_name: "b", city: "Miami Beach", city_key: "miami beach" },
      { hotel_name: "c", city: "Miami", city_key: "miami beach" },
      { hotel_name: "d", city: "Miami Beach", city_key: "miami beach" },
    ]);
  });
});
