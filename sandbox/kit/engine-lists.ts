import { csvOf } from "./lists.ts";
import { isLodging, type Property, type TruthRecord } from "./property.ts";
import { createRandom } from "./random.ts";
import { RATES } from "./rates.ts";

/**
 * What a directory of booking engines would list: addresses one a line, addresses with names as a
 * spreadsheet, and slugs whose address follows from the engine. Record ids are the addresses without their
 * scheme, as `booking_engine_lists` names them.
 */
export function listedProperties(truth: {
  readonly seed: string;
  readonly properties: readonly Property[];
}): {
  readonly files: readonly { name: string; body: Buffer }[];
  readonly records: readonly TruthRecord[];
} {
  const random = createRandom(`${truth.seed}/engine-lists`);
  const listed = random
    .shuffle(truth.properties)
    .filter((property) => isLodging(property) && random.chance(RATES.engineLists));
  const records: TruthRecord[] = [];
  const of = (...engines: readonly string[]) =>
    listed.flatMap((property) => {
      const { booking } = property;
      if (!booking || !engines.includes(booking.engine)) return [];
      const recordId = `booking_engine_lists:${booking.url.replace(/^https:\/\/(?:www\.)?/, "")}`;
      records.push({ recordId, propertyId: property.id, traps: [] });
      return [{ property, booking }];
    });
  const urls = (...engines: readonly string[]) =>
    csvOf({ rows: of(...engines).map(({ booking }) => [booking.url]), records: [] });

  const files = [
    { name: "cloudbeds.txt", body: urls("Cloudbeds") },
    { name: "mews.txt", body: urls("Mews", "RMS Cloud") },
    {
      name: "site minder.csv",
      body: csvOf({
        rows: [
          ["Name", "URL"],
          ...of("SiteMinder", "Little Hotelier").map(({ property, booking }) => [
            property.name,
            booking.url,
          ]),
        ],
        records: [],
      }),
    },
    {
      name: "slugs.csv",
      body: csvOf({
        rows: [
          ["slug", "engine"],
          ...of("JEHS / iPMS").map(({ booking }) => [booking.propertyId, "ipms247"]),
          ...of("ThinkReservations").map(({ booking }) => [
            booking.propertyId,
            "ThinkReservations",
          ]),
        ],
        records: [],
      }),
    },
  ];
  return { files, records };
}
