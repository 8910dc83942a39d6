import { afterAll, beforeAll, expect, test } from "vitest";
import { type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

async function value(expression: string, text: string | null, more = ""): Promise<unknown> {
  const sql = night.project.compileInline(`select {{ ${expression} }} as value from given`).text;
  const literal = text === null ? "null::varchar" : `'${text.replaceAll("'", "''")}'`;
  const rows = await night.rows(`with given as (select ${literal} as text ${more}) ${sql}`);
  return rows[0]?.value;
}

test.each([
  ["(305) 555-0142", "US", "1", "+13055550142"],
  ["1-305-555-0142", "US", "1", "+13055550142"],
  ["3055550142 ext. 12", "US", "1", "+13055550142"],
  ["305.555.0142 x7", "US", "1", "+13055550142"],
  ["'+1 305 555 0142", "US", "1", "+13055550142"],
  ["+3055550142", "US", "1", "+13055550142"],
  ["305-555-0142; 305-555-0143", "US", "1", "+13055550142"],
  ["+61 2 5550 1234", "US", "1", "+61255501234"],
  ["02 5550 1234", "AU", "61", "+61255501234"],
  ["0412 345 678", "AU", "61", "+61412345678"],
  ["1300 555 012", "AU", "61", "+611300555012"],
  ["+44 (0)20 7946 0123", "GB", "44", "+442079460123"],
  ["020 7946 0123", "GB", "44", "+442079460123"],
  ["555-0142", "US", "1", null],
  ["0000000000", "US", "1", null],
  ["105-555-0142", "US", "1", null],
  ["call us", "US", "1", null],
  [null, "US", "1", null],
])("%s in %s, dialled %s, is %s", async (text, country, code, expected) => {
  const expression =
    "phone_e164(phone_digits(first_number('text')), is_international(first_number('text')), 'country', 'code')";
  const given = `, '${country}' as country, '${code}' as code`;
  expect(await value(expression, text, given)).toBe(expected);
});

test.each([
  ["THE SEASIDE INN & SUITES", "The Seaside Inn & Suites"],
  ["CASA DEL MAR BY-THE-SEA LLC", "Casa Del Mar By-The-Sea LLC"],
  ["McCall's Lodge", "McCall's Lodge"],
  ["YOTEL Bayfront", "YOTEL Bayfront"],
  [null, null],
])("the title of %s is %s", async (text, expected) => {
  expect(await value("title_case('text')", text)).toBe(expected);
});

test.each([
  ["Hôtel Élan & Spa", "hotel elan and spa"],
  ["O'Neil's B&B", "oneils b and b"],
  ["  --  ", null],
])("%s folds to %s", async (text, expected) => {
  expect(await value("fold('text')", text)).toBe(expected);
});

test.each([
  ["N/A", null],
  ["-", null],
  ["unknown", null],
  ["Tom &amp; Ann&#39;s\t Inn", "Tom & Ann's Inn"],
  ["No Name Lodge", "No Name Lodge"],
])("%s is cleaned to %s", async (text, expected) => {
  expect(await value("clean_text('text')", text)).toBe(expected);
});

test.each([
  ["utm_source=gmb&id=7&gclid=x", "id=7"],
  ["checkin=2026-01-01&hotel=12&adults=2&locale=en", "hotel=12"],
  ["", ""],
])("of the query %s stays %s", async (text, expected) => {
  expect(await value("kept_query('text')", text)).toBe(expected);
});

test.each([
  ["25.79", "-80.13", 25.79, -80.13],
  ["-122.3", "47.6", 47.6, -122.3],
  ["0.0", "0.0", null, null],
  ["25.79", "null", null, null],
])("the point %s, %s is %s, %s", async (latitude, longitude, north, east) => {
  const given = `, ${latitude}::double as latitude, ${longitude}::double as longitude`;
  expect(await value("valid_latitude('latitude', 'longitude')", "", given)).toBe(north);
  expect(await value("valid_longitude('latitude', 'longitude')", "", given)).toBe(east);
});
