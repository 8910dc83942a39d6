import { afterAll, beforeAll, expect, test } from "vitest";
import { type Night, openNight } from "./kit/night.ts";

/** Booking address, engine, property id, way of detection. */
const CASES = [
  [
    "https://hotels.cloudbeds.com/en/reservation/aB3dE9#checkin=2026-01-01",
    "Cloudbeds",
    "aB3dE9",
    "url_property",
  ],
  ["https://www.cloudbeds.com/pricing", "Cloudbeds", null, "engine_host_without_property"],
  ["https://static1.cloudbeds.com/logo.png", "Cloudbeds", null, "asset"],
  ["https://mycloudbeds.com/reservation/aB3dE9", null, null, null],
  [
    "https://app.mews.com/distributor/0b1c2d3e-0000-4a5b-8c9d-0123456789ab",
    "Mews",
    "0b1c2d3e-0000-4a5b-8c9d-0123456789ab",
    "url_property",
  ],
  [
    "https://direct-book.com/properties/palmhousedirect?locale=en",
    "SiteMinder",
    "palmhousedirect",
    "url_property",
  ],
  [
    "https://apac.littlehotelier.com/properties/palmhouse",
    "Little Hotelier",
    "palmhouse",
    "url_property",
  ],
  [
    "https://be.synxis.com/?Chain=12345&Hotel=67890&adult=2",
    "SynXis / TravelClick",
    "67890",
    "url_property",
  ],
  [
    "https://be.synxis.com/?chain=12345",
    "SynXis / TravelClick",
    null,
    "engine_host_without_property",
  ],
  [
    "https://resnexus.com/resnexus/reservations/book/0A1B2C3D-0000-4A5B-8C9D-0123456789AB",
    "ResNexus",
    "0A1B2C3D-0000-4A5B-8C9D-0123456789AB",
    "url_property",
  ],
  [
    "https://reserve4.resnexus.com/resnexus/reservations/lodging/0A1B2C3D-0000-4A5B-8C9D-0123456789AB",
    "ResNexus",
    "0A1B2C3D-0000-4A5B-8C9D-0123456789AB",
    "url_property",
  ],
  [
    "https://secure.thinkreservations.com/palmhouse/reservations",
    "ThinkReservations",
    "palmhouse",
    "url_property",
  ],
  [
    "https://secure.thinkreservations.com/palmhouse/gift-certificates",
    "ThinkReservations",
    null,
    "asset",
  ],
  ["https://bookings13.rmscloud.com/Search/Index/14823/90/", "RMS Cloud", "14823", "url_property"],
  ["https://palmhouse.client.innroad.com/", "InnRoad", "palmhouse", "url_property"],
  [
    "https://live.ipms247.com/booking/book-rooms-palmhouse",
    "JEHS / iPMS",
    "palmhouse",
    "url_property",
  ],
  ["https://palm.guestybookings.com/", "Guesty", "palm", "url_property"],
  ["https://beds24.com/booking.php?propid=4711", "Beds24", "4711", "url_property"],
  ["https://bookingsau.newbook.cloud/palm1234/", "Newbook", "palm1234", "url_property"],
  ["https://palm.book.pegsbe.com/rooms", "Pegasus", "palm", "url_property"],
  ["https://booking.sirvoy.com/palmhouse", "Sirvoy", null, "url_host"],
  ["https://www.marriott.com/hotels/travel/miapm", "Marriott", null, "chain_domain"],
  ["https://www.booking.com/hotel/us/palm.html", "Booking.com", null, "chain_domain"],
  ["https://fareharbor.com/embeds/book/palm", null, null, null],
  ["https://www.palmhouse.com/book", null, null, null],
] as const;

let night: Night;
beforeAll(async () => {
  night = await openNight();
  await night.build(
    {
      lists: [
        {
          source: "hubspot",
          constants: { country: "US" },
          records: CASES.map(([booking_url], index) => ({
            hotel_name: `Palm House ${index}`,
            booking_url,
          })),
        },
      ],
    },
    "web_addresses",
  );
});
afterAll(() => night.close());

test.each(CASES)("%s is %s, property %s, by %s", async (url, engine, property, method) => {
  const rows = await night.rows(`
    select booking_engine, engine_property_id, detection_method
    from resolution.web_addresses where url = '${url}'`);
  expect(rows).toEqual([
    { booking_engine: engine, engine_property_id: property, detection_method: method },
  ]);
});

test("every pattern of the seed is a regular expression with one group", async () => {
  const rows = await night.rows(`
    select host, regexp_extract('none', property_id_pattern, 1) as found
    from seeds.booking_engine_hosts where property_id_pattern is not null`);
  expect(rows.length).toBeGreaterThan(30);
});

test("a label proves nothing, pseudo labels not even a hint", async () => {
  const hotel = (name: string, booking_engine: string) => ({ hotel_name: name, booking_engine });
  await night.build(
    {
      lists: [
        {
          source: "hubspot",
          constants: { country: "US" },
          records: [
            hotel("a", "cloudbeds"),
            hotel("b", "rms_cloud"),
            hotel("c", "unknown_booking_api"),
            hotel("d", "Triptease"),
          ],
        },
      ],
    },
    "record_engines",
  );
  const rows = await night.rows(`
    select booking_engine, evidence::double as evidence
    from resolution.record_engines order by record_id`);
  expect(rows).toEqual([
    { booking_engine: "Cloudbeds", evidence: 0.2 },
    { booking_engine: "RMS Cloud", evidence: 0.2 },
  ]);
});
