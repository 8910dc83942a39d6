import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { load, martsOf, testServer } from "./target.ts";

let server: Awaited<ReturnType<typeof testServer>>;
let admin: pg.Client;
let schemas = 0;

beforeAll(async () => {
  server = await testServer();
  admin = await server.session();
});

afterAll(async () => {
  await server.close();
});

/** Two marts whose rows all carry the same generation. */
async function marts(generation: number, rows = 100): Promise<Warehouse> {
  return await martsOf(`
    create table marts.hotels as
    select i::bigint as hotel_id, 'Inn ' || i as name, 'FL' as state, 'Miami' as city, ${generation} as generation
    from range(${rows}) as r (i);
    create table marts.leads as
    select i::bigint as lead_id, ${generation} as generation from range(${rows}) as r (i);
    comment on table marts.hotels is 'Hotels. One row per hotel.';
    comment on column marts.hotels.name is 'Its name, as it''s written.'`);
}

function newSchema(): string {
  schemas += 1;
  return `target_${schemas}`;
}

async function generations(client: pg.Client, schema: string): Promise<number[]> {
  const { rows } = await client.query(
    `select generation from ${schema}.hotels union select generation from ${schema}.leads`,
  );
  return rows.map((row) => row.generation);
}

test("the tables stand with keys, indexes and descriptions", async () => {
  const schema = newSchema();
  const loaded = await load(await marts(1), server.url, schema);
  expect(loaded).toMatchObject({ replaced: ["hotels", "leads"], rows: 200 });
  const { rows: indexes } = await admin.query(
    "select indexname from pg_indexes where schemaname = $1 order by 1",
    [schema],
  );
  expect(indexes.map((row) => row.indexname)).toEqual([
    "hotels_pkey",
    "hotels_state_city_idx",
    "leadhouse_loads_pkey",
    "leads_pkey",
  ]);
  const { rows: comments } = await admin.query(
    "select col_description($1::regclass, 2) as name, obj_description($1::regclass) as hotels",
    [`${schema}.hotels`],
  );
  expect(comments).toEqual([
    { name: "Its name, as it's written.", hotels: "Hotels. One row per hotel." },
  ]);
});

test("the same content again writes nothing", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const state = async () =>
    (await admin.query(`select xmin, ctid, * from ${schema}.leadhouse_loads order by table_name`))
      .rows;
  const before = await state();
  const { rows: oid } = await admin.query(`select '${schema}.hotels'::regclass::oid as oid`);
  expect(await load(await marts(1), server.url, schema, "run-2")).toMatchObject({
    replaced: [],
    rows: 0,
  });
  expect(await state()).toEqual(before);
  expect((await admin.query(`select '${schema}.hotels'::regclass::oid as oid`)).rows).toEqual(oid);
});

test("a table whose rows did not change is left alone", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const changed = await marts(1);
  await changed.run("update marts.leads set generation = 2 where lead_id = 7");
  expect((await load(changed, server.url, schema)).replaced).toEqual(["leads"]);
});

test("a table someone emptied is loaded again", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  await admin.query(`truncate ${schema}.hotels`);
  expect((await load(await marts(1), server.url, schema)).replaced).toEqual(["hotels"]);
});

test("a table that left the marts leaves Postgres with the next load", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const fewer = await marts(2);
  await fewer.run("drop table marts.leads");
  await load(fewer, server.url, schema);
  const { rows } = await admin.query(
    "select table_name from information_schema.tables where table_schema = $1 order by 1",
    [schema],
  );
  expect(rows.map((row) => row.table_name)).toEqual(["hotels", "leadhouse_loads"]);
});

test("readers never find a missing table, a part of one, or two generations", async () => {
  const schema = newSchema();
  await load(await marts(0), server.url, schema);
  await admin.query(`create view ${schema}.everything as
    select hotels.generation as g1, leads.generation as g2 from ${schema}.hotels join ${schema}.leads on lead_id = hotel_id`);
  const reader = await server.session();
  const seen: unknown[] = [];
  let stop = false;
  const polling = (async () => {
    while (!stop) {
      const { rows } = await reader.query(
        `select count(*)::int as rows, count(distinct g1)::int as one, bool_and(g1 = g2) as same from ${schema}.everything`,
      );
      seen.push(rows[0]);
    }
  })();
  for (let generation = 1; generation <= 8; generation += 1) {
    await load(await marts(generation), server.url, schema);
  }
  stop = true;
  await polling;
  expect(seen.length).toBeGreaterThan(20);
  expect(new Set(seen.map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify({ rows: 100, one: 1, same: true })]),
  );
});

test("a reader inside an old snapshot finds the new table full", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const reader = await server.session();
  await reader.query("begin isolation level repeatable read");
  await reader.query("select 1 from pg_class limit 1");
  await load(await marts(2), server.url, schema);
  const { rows } = await reader.query(`select count(*)::int as rows from ${schema}.hotels`);
  await reader.query("rollback");
  expect(rows).toEqual([{ rows: 100 }]);
});

test("views go on reading what is published, rights and owner stay", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  await admin.query(`
    do $$ begin create role dashboard login; exception when duplicate_object then null; end $$;
    grant usage on schema ${schema} to dashboard;
    grant select on ${schema}.hotels to dashboard;
    grant select (lead_id) on ${schema}.leads to dashboard;
    create view ${schema}.miami with (security_barrier = true) as select * from ${schema}.hotels where city = 'Miami';
    create view ${schema}.miami_names as select name from ${schema}.miami;
    grant select on ${schema}.miami_names to dashboard;`);
  await load(await marts(2), server.url, schema);
  const dashboard = await server.session("dashboard");
  expect((await dashboard.query(`select count(*)::int as n from ${schema}.hotels`)).rows).toEqual([
    { n: 100 },
  ]);
  expect(
    (await dashboard.query(`select max(lead_id)::int as n from ${schema}.leads`)).rows,
  ).toEqual([{ n: 99 }]);
  expect(
    (await dashboard.query(`select count(*)::int as n from ${schema}.miami_names`)).rows,
  ).toEqual([{ n: 100 }]);
  await expect(dashboard.query(`select generation from ${schema}.leads`)).rejects.toThrow(
    "permission denied",
  );
  expect((await admin.query(`select distinct generation from ${schema}.miami`)).rows).toEqual([
    { generation: 2 },
  ]);
  const { rows } = await admin.query(
    `select reloptions from pg_class where oid = '${schema}.miami'::regclass`,
  );
  expect(rows[0].reloptions).toEqual(["security_barrier=true"]);
});

test("a view that does not fit the new tables stops the swap and is named; the last load stays", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  await admin.query(`create view ${schema}.names as select name from ${schema}.hotels`);
  const changed = await marts(2);
  await changed.run("alter table marts.hotels rename column name to hotel_name");
  await expect(load(changed, server.url, schema)).rejects.toThrow(
    `view ${schema}.names does not fit the new tables: column "name" does not exist`,
  );
  expect(await generations(admin, schema)).toEqual([1]);
  await admin.query(`drop view ${schema}.names`);
  await load(changed, server.url, schema);
  expect(await generations(admin, schema)).toEqual([2]);
});

test("a materialized view on a table is named, not lost", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  await admin.query(
    `create materialized view ${schema}.frozen as select name from ${schema}.hotels`,
  );
  await expect(load(await marts(2), server.url, schema)).rejects.toThrow(
    `${schema}.hotels cannot be replaced: materialized view ${schema}.frozen would be lost`,
  );
  expect(await generations(admin, schema)).toEqual([1]);
});

test("a reader that holds a table is waited for", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const reader = await server.session();
  await reader.query(`begin; select * from ${schema}.leads`);
  const loading = load(await marts(2), server.url, schema);
  // The load has asked for its locks, and given up, at least once.
  for (let waits = 0; waits < 1; ) {
    const { rows } = await admin.query(
      "select count(*)::int as waits from pg_stat_activity where wait_event_type = 'Lock'",
    );
    waits = rows[0].waits;
  }
  expect(await generations(reader, schema)).toEqual([1]);
  await reader.query("commit");
  await loading;
  expect(await generations(reader, schema)).toEqual([2]);
});

test("a line that drops in the middle is taken up again", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const reader = await server.session();
  await reader.query(`begin; select * from ${schema}.leads`);
  const loading = load(await marts(2), server.url, schema);
  for (let ended = 0; ended === 0; ) {
    const { rows } = await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'",
    );
    ended = rows.length;
  }
  await reader.query("commit");
  expect((await loading).replaced).toEqual(["hotels", "leads"]);
  expect(await generations(admin, schema)).toEqual([2]);
});

test("Ctrl-C in the middle leaves the last load published", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const stop = new AbortController();
  const stopped = load(await marts(2, 300_000), server.url, schema, "run-2", {
    signal: stop.signal,
    progress: () => stop.abort(),
  });
  await expect(stopped).rejects.toThrow("stopped; what was published before stays");
  expect(await generations(admin, schema)).toEqual([1]);
  await load(await marts(2), server.url, schema);
  expect(await generations(admin, schema)).toEqual([2]);
});

test("two loads into one schema run one after the other", async () => {
  const schema = newSchema();
  const [first, second] = await Promise.all([
    load(await marts(1), server.url, schema, "run-1"),
    load(await marts(1), server.url, schema, "run-2"),
  ]);
  expect(first.replaced.length + second.replaced.length).toBe(2);
});

test("what a dead run left is cleared away", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  await admin.query(`
    create table ${schema}.leadhouse_new__hotels (hotel_id text);
    create table ${schema}.leadhouse_old__leads (lead_id text)`);
  await load(await marts(2), server.url, schema);
  const { rows } = await admin.query(
    "select tablename from pg_tables where schemaname = $1 and tablename like 'leadhouse\\_%' order by 1",
    [schema],
  );
  expect(rows.map((row) => row.tablename)).toEqual(["leadhouse_loads"]);
});

test("a table that leadhouse did not write is never replaced", async () => {
  const schema = newSchema();
  await admin.query(`create schema ${schema}; create table ${schema}.hotels as select 1 as mine`);
  await expect(load(await marts(1), server.url, schema)).rejects.toThrow(
    `${schema}.hotels is there already, and leadhouse did not write it`,
  );
  expect((await admin.query(`select mine from ${schema}.hotels`)).rows).toEqual([{ mine: 1 }]);
});

test("a key that repeats stops the load before anyone sees it", async () => {
  const schema = newSchema();
  await load(await marts(1), server.url, schema);
  const repeated = await marts(2);
  await repeated.run("insert into marts.hotels select * from marts.hotels where hotel_id = 5");
  await expect(load(repeated, server.url, schema)).rejects.toThrow("could not create unique index");
  expect(await generations(admin, schema)).toEqual([1]);
});

test("a server out of reach, a wrong password, a missing database and missing rights are told apart", async () => {
  const warehouse = await marts(1);
  const hba = join(server.folder, "cluster", "pg_hba.conf");
  const open = readFileSync(hba, "utf8");
  writeFileSync(hba, `host all careful 127.0.0.1/32 scram-sha-256\n${open}`);
  await admin.query("create role careful login password 'right'; create role guest login");
  await admin.query("select pg_reload_conf()");
  const { host } = new URL(server.url);
  const failure = async (url: string) => {
    const error = await load(warehouse, url, "nowhere").then(
      () => undefined,
      (reason) => reason,
    );
    const text = `${error.message}\n${error.details.hint}`;
    expect(text).not.toContain("S3cret");
    expect(JSON.stringify(error.cause ?? null)).not.toContain("S3cret");
    return text;
  };
  expect(await failure("postgres://careful:S3cret@127.0.0.1:1/x")).toBe(
    "cannot reach Postgres at 127.0.0.1:1/x\nstart it, or correct the address in DATABASE_URL",
  );
  expect(await failure(`postgres://careful:S3cret@${host}/leadhouse`)).toBe(
    `Postgres at ${host}/leadhouse refused the password of user careful\ncorrect it in DATABASE_URL`,
  );
  expect(await failure(`postgres://leadhouse:S3cret@${host}/absent`)).toContain(
    `Postgres at ${host}/absent has no such database`,
  );
  expect(await failure(`postgres://guest:S3cret@${host}/leadhouse`)).toContain(
    `user guest may not do that at ${host}/leadhouse: permission denied for database leadhouse`,
  );
  expect(await failure("postgres://careful:S3cret@host:port:what/x")).toContain(
    "DATABASE_URL is not a Postgres address",
  );
  writeFileSync(hba, open);
  await admin.query("select pg_reload_conf()");
});
