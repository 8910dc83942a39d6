import { expect, onTestFinished, test } from "vitest";
import { startWorld, type World } from "../../sandbox/world.ts";
import { type Project, project } from "./kit/night.ts";
import { type SandboxSource, SOURCES } from "./kit/sandbox-sources.ts";

/** What enrichment layers are asked about: the hotels of New South Wales. */
function worklists({ truth }: World): string {
  const names = truth()
    .properties.filter(({ address }) => address.city.state === "NSW")
    .map(({ name }) => `'${name.replaceAll("'", "''")}'`);
  return `create schema worklists;
    create table worklists.worklist_abn_lookup_names as
      select 'name ' || name as request_key, name, 'NSW' as state, 1 as priority
      from unnest([${names.join()}]) as listed(name) group by name;
    create table worklists.worklist_abn_lookup_entities (request_key varchar, abn varchar, priority int);`;
}

/** The world's clock is that of the nights that are run in it: signatures are good for minutes. */
let time = () => 0;

async function world(faults: "calm" | "chaos" | "outage"): Promise<World> {
  const own = await startWorld({ seed: 11, properties: 120, faults, clock: () => time() });
  onTestFinished(() => own.close());
  return own;
}

function nights(world: World, [source, step, settings]: SandboxSource): Project {
  const own = project({
    source,
    step,
    settings: { ...settings, per_second: 1000 },
    resolve: (url) => world.resolve(url),
    warehouse: worklists(world),
  });
  time = () => own.clock.time;
  return own;
}

test.each(SOURCES)("%s: chaos lands what calm lands, in a few nights", async (...source) => {
  const [, , , stream, sql] = source;
  const calm = nights(await world("calm"), source);
  await calm.night();
  const chaos = nights(await world("chaos"), source);
  let failed = 0;
  for (let isDone = false; !isDone; ) {
    isDone = await chaos.night({ hours: 1 }).then(
      () => true,
      () => false,
    );
    if (!isDone) failed += 1;
    expect(failed).toBeLessThan(3);
  }
  const expected = await calm.landed(stream, sql);
  expect(expected.length).toBeGreaterThan(0);
  expect(await chaos.landed(stream, sql)).toEqual(expected);
});

test("in an outage one file fails and six land; four attempts at it and no more", async () => {
  const [register] = SOURCES;
  if (!register) return;
  const own = await world("outage");
  const project = nights(own, register);
  await expect(project.night()).rejects.toThrow("hrlodge3.csv: sent a page");
  expect(
    await project.landed(
      "licences",
      "select outcome, count(distinct request_key) as files from landed group by 1 order by 1",
    ),
  ).toEqual([
    { outcome: "ok", files: 6n },
    { outcome: "retry", files: 1n },
  ]);
  const traffic = own.log.traffic("florida_dbpr");
  expect(traffic.requests).toBe(6 + 4);
  expect(traffic.maxConcurrent).toBe(1);
  expect(traffic.askedTwice.every((asked) => asked.includes("hrlodge3"))).toBe(true);
});
