import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { HotelNight, makeHotels } from "./kit/hotels.ts";

vi.setConfig({ testTimeout: 60_000 });

const ROWS = makeHotels(12, 4);
let nights: HotelNight[] = [];

afterEach(() => {
  for (const night of nights) night.close();
  nights = [];
});

test("the log replayed to any night gives the hotels of that night", async () => {
  const listed = fc.array(fc.subarray(ROWS), { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(listed, async (history) => {
      const night = await HotelNight.open(1);
      nights.push(night);
      const seen: unknown[] = [];
      for (const rows of history) {
        await night.match(rows);
        seen.push(
          await night.warehouse.rows(
            "select record_id, hotel_id from match.hotel_clusters order by record_id",
          ),
        );
      }
      for (const [index, hotels] of seen.entries()) {
        const then = await night.warehouse.rows(
          "select record_id, hotel_id from match.hotel_as_of($1) order by record_id",
          [new Date(Date.UTC(2026, 0, index + 1)).toISOString()],
        );
        expect(then).toEqual(hotels);
      }
      expect(await night.warehouse.rows("from match.hotel_as_of('2025-12-31')")).toEqual([]);
    }),
    { numRuns: 8, seed: 11 },
  );
});
