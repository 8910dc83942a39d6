import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import type { z } from "zod";
import type { Profile, Section } from "../../engine/config.ts";
import { EltError } from "../../engine/errors.ts";
import { stopEmbedded } from "../../loaders/kit/embedded.ts";
import { step } from "../../loaders/postgres.ts";
import { contextOf, martsOf, openFolder } from "./target.ts";

const data = openFolder();

afterAll(async () => {
  await stopEmbedded(data);
  rmSync(data, { recursive: true, force: true });
});

/** The steps of the loader under a profile with these settings; none when it does not name it. */
async function steps(settings: unknown) {
  const section = {
    parse: (schema: z.ZodType) => schema.parse(settings),
    error: (message: string, hint?: string) => new EltError(message, { hint, exitCode: 2 }),
  } as unknown as Section;
  const profile = {
    name: "test",
    section: () => (settings === undefined ? undefined : section),
  } as unknown as Profile;
  return await step({ root: data, data, profile, name: "postgres", path: "loaders/postgres.ts" });
}

test("a profile that does not name the loader has no step", async () => {
  expect(await steps(undefined)).toEqual([]);
});

test("an address variable that is not set stops before any work", async () => {
  await expect(steps({ url_env: "LEADHOUSE_TEST_ABSENT_URL" })).rejects.toThrow(
    "environment variable LEADHOUSE_TEST_ABSENT_URL is not set",
  );
});

test("the embedded server is loaded, then found unchanged", async () => {
  const [load] = await steps({ embedded: true, schema: "leadhouse" });
  const warehouse = await martsOf(
    "create table marts.hotels as select i::bigint as hotel_id, 'FL' as state, 'Miami' as city, 50 as score from range(1200) as r (i)",
  );
  const context = { ...contextOf(warehouse, "run-1"), data };
  expect(await load!.run(context)).toMatchObject({ rows: 1200, amount: "1 table, 1,200 rows" });
  expect(await load!.run(context)).toMatchObject({ rows: 0, unchanged: true });
});
