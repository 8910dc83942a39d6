import { expect, test } from "vitest";
import { step } from "../../extract/booking_engine_lists.ts";
import { project } from "./kit/night.ts";
import { reply, serve } from "./kit/server.ts";

test("addresses, sheets and slugs land row by row with the engine their list is of", async () => {
  const server = await serve((response, seen) => {
    const bodies: Readonly<Record<string, string>> = {
      "/cloudbeds.txt": "https://hotels.cloudbeds.com/reservation/AbC123\n# old\n\n",
      "/slugs.csv": "Slug,Name\ngull-inn,Gull Inn\nheron,\n",
    };
    reply(200, bodies[seen.path] ?? "")(response, seen);
  });
  const own = project({
    source: "booking_engine_lists",
    step,
    settings: {
      per_second: 1000,
      lists: [
        { name: "cloudbeds", url: `${server.url}/cloudbeds.txt` },
        { name: "slugs", url: `${server.url}/slugs.csv`, engine: "ipms247" },
      ],
    },
  });
  expect(await own.night()).toMatchObject([{ rows: 3 }]);
  expect(
    await own.landed(
      "rows",
      "select list_name, engine, row_number, record, batch_id from landed order by list_name, row_number",
    ),
  ).toEqual([
    {
      list_name: "cloudbeds",
      engine: null,
      row_number: "1",
      record: '{"url":"https://hotels.cloudbeds.com/reservation/AbC123"}',
      batch_id: "cloudbeds",
    },
    {
      list_name: "slugs",
      engine: "ipms247",
      row_number: "1",
      record: '{"Slug":"gull-inn","Name":"Gull Inn"}',
      batch_id: "slugs",
    },
    {
      list_name: "slugs",
      engine: "ipms247",
      row_number: "2",
      record: '{"Slug":"heron","Name":null}',
      batch_id: "slugs",
    },
  ]);
  expect(await own.night()).toMatchObject([{ unchanged: true }]);
});

test("a list is at a path or an address, not at both", async () => {
  const own = project({
    source: "booking_engine_lists",
    step,
    settings: { lists: [{ name: "x", url: "https://a.example/", path: "b" }] },
  });
  await expect(own.night()).rejects.toThrow();
});
