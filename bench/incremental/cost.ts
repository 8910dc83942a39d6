import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { date } from "../../matchers/comparisons/date.ts";
import { email } from "../../matchers/comparisons/email.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { personName } from "../../matchers/comparisons/person-name.ts";
import { postcode } from "../../matchers/comparisons/postcode.ts";
import { freeze } from "../../matchers/kit/freeze.ts";
import type { Frozen } from "../../matchers/kit/frozen.ts";
import { commitIdentity } from "../../matchers/kit/identity-store.ts";
import { type Matched, match } from "../../matchers/kit/match.ts";
import type { MatcherSpec } from "../../matchers/kit/spec.ts";

/** Persons of two lists, some twice: about nine candidate pairs a record. */
const PERSONS: MatcherSpec = {
  input: "main.records",
  id: "record_id",
  source: "source",
  comparisons: [
    personName("name", { given: "given_name", family: "family_name" }),
    date("birth", { sql: "date_of_birth", label: "date of birth" }),
    email("email", { sql: "email" }),
    postcode("postcode", { sql: "postcode" }),
    exactText("city", { sql: "city", label: "town", m: 0.7 }),
  ],
  blocking: [
    { name: "email", equal: ["rec.email_code"], cap: 60 },
    { name: "name_birth", equal: ["rec.name_full", "rec.birth_code"], cap: 60 },
    { name: "family_birth", equal: ["rec.name_family", "rec.birth_code"], cap: 60 },
    { name: "given_birth", equal: ["rec.name_given", "rec.birth_code"], cap: 60 },
    { name: "name_city", equal: ["rec.name_full", "rec.city_code"], cap: 60 },
    { name: "postcode_family", equal: ["rec.postcode_code", "rec.name_family"], cap: 60 },
    { name: "postcode_birth", equal: ["rec.postcode_code", "rec.birth_year"], cap: 60 },
    { name: "mailbox", equal: ["rec.email_mailbox"], cap: 40 },
  ],
  training: {
    passes: [
      { given: "birth", levels: [0] },
      { given: "email", levels: [0] },
    ],
  },
  constraints: [],
  registers: "found",
  thresholds: { merge: 0.5, review: 0.5 },
};

/** Dearest statements told. */
const SHOWN = 12;

/** Prints what a night costs in which a share of the records changed, beside a night matched whole. */
export async function costOfDelta(options: {
  readonly rows: number;
  readonly share: number;
  readonly threads: string;
}): Promise<void> {
  const { rows, share, threads } = options;
  const folder = mkdtempSync(join(tmpdir(), "leadhouse-cost-"));
  const warehouse = await Warehouse.open(join(folder, "warehouse.duckdb"), {
    settings: { threads },
  });
  await warehouse.run(personsSql(rows));
  const memory = join(folder, "identity");
  const trained = await measured("train", () =>
    freeze(warehouse, PERSONS, {
      entity: "person",
      identityFolder: memory,
      trainedAt: new Date(0),
    }),
  );
  const { frozen } = trained.result;
  const other = join(folder, "other");
  cpSync(join(memory, "models"), join(other, "models"), { recursive: true });
  const night = (identityFolder: string, index: number, stateKey?: string) => () =>
    oneNight(warehouse, { frozen, identityFolder, index, stateKey });
  const whole = await measured("a night matched whole", night(other, 1));
  rmSync(other, { recursive: true, force: true });
  await measured("the same, with the state kept", night(memory, 1, "bench"));
  await warehouse.run("checkpoint");
  await warehouse.run(changeSql(share));
  const delta = await measured("a night by what changed", night(memory, 2, "bench"));
  const changed = delta.result.delta;
  console.log(
    `  ${changed?.inserted} inserted, ${changed?.updated} updated, ${changed?.deleted} deleted, ${changed?.affected} linked again: ${((100 * delta.cpu) / whole.cpu).toFixed(1)} % of the whole night's CPU`,
  );
  warehouse.close();
  rmSync(folder, { recursive: true, force: true });
}

async function oneNight(
  warehouse: Warehouse,
  options: {
    readonly frozen: Frozen;
    readonly identityFolder: string;
    readonly index: number;
    readonly stateKey: string | undefined;
  },
): Promise<Matched> {
  const { frozen, identityFolder, index, stateKey } = options;
  const phases: [string, number][] = [];
  const statements: [string, number][] = [];
  const matched = await match(warehouse, PERSONS, {
    entity: "person",
    identityFolder,
    runId: `run-${index}`,
    startedAt: new Date(index),
    frozen,
    note: (text) => phases.push([text, cpuSeconds()]),
    compiled: (name) => statements.push([name.replace(/^.*\//, ""), cpuSeconds()]),
    ...(stateKey === undefined ? {} : { stateKey }),
  });
  const ended = cpuSeconds();
  for (const [text, seconds] of spent(phases, ended)) {
    console.log(`    ${text.padEnd(30)} ${seconds.toFixed(2)}s`);
  }
  const dearest = spent(statements, ended).sort(([, left], [, right]) => right - left);
  for (const [text, seconds] of dearest.slice(0, SHOWN)) {
    console.log(`      ${text.padEnd(28)} ${seconds.toFixed(2)}s`);
  }
  await commitIdentity(identityFolder, matched.version);
  return matched;
}

/** What passed from each mark to the next. */
function spent(marks: readonly (readonly [string, number])[], ended: number): [string, number][] {
  return marks.map(([text, since], at) => [text, (marks[at + 1]?.[1] ?? ended) - since]);
}

async function measured<T>(
  what: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpu: number }> {
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  const result = await work();
  const spent = cpuSeconds() - cpu;
  console.log(
    `  ${what.padEnd(30)} ${spent.toFixed(2)}s CPU, ${((performance.now() - wall) / 1000).toFixed(2)}s`,
  );
  return { result, cpu: spent };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Persons once in one list, often again in the other with a mistake; the same for the same DuckDB. */
function personsSql(rows: number): string {
  return `create table records as
with

numbered as (

  select
    i,
    hash(i * 3 // 5) as person,
    hash(i, 'slip') % 10 as slip
  from range(${rows}) as numbers (i)

),

described as (

  select
    i,
    slip,
    ${syllables("person", 2)} as given_name,
    ${syllables("person // 4096", 3)} as family_name,
    date '1940-01-01' + (hash(person, 'birth') % 22000)::integer as born,
    hash(person, 'home') % 30000 as home,
    hash(person, 'box') % 9000000 as box
  from numbered

)

select
  i % 2 || ':' || i as record_id,
  case i % 2 when 0 then 'crm' else 'fair' end as source,
  case when slip = 1 then left(given_name, 1) else given_name end as given_name,
  case when slip = 2 then family_name || 'e' else family_name end as family_name,
  case when slip <> 3 then born::varchar end as date_of_birth,
  case when slip > 5 then given_name || '.' || family_name || box || '@post' || (home % 40) || '.example' end as email,
  case when slip <> 4 then lpad(home::varchar, 5, '1') end as postcode,
  'town ' || (home % 900) as city
from described`;
}

function syllables(hash: string, count: number): string {
  const parts = Array.from(
    { length: count },
    (_, at) =>
      `['ba', 'do', 'fen', 'gri', 'ho', 'jal', 'ki', 'lor', 'mu', 'ne', 'ost', 'pra', 'qui', 'ros', 'sta', 'tem'][1 + ((${hash}) // ${16 ** at} % 16)::integer]`,
  );
  return parts.join(" || ");
}

/** A third of the share goes, a third moves, a third is new. */
function changeSql(share: number): string {
  const cut = Math.round(share * 30_000);
  const drawn = `hash(record_id, 'drawn') % 30000`;
  return `create or replace table records as
select * replace (
  case when ${drawn} between ${Math.round(cut / 3)} and ${Math.round((2 * cut) / 3) - 1} then 'town 7' else city end as city
)
from records
where ${drawn} >= ${Math.round(cut / 3)}

union all

select * replace ('n' || record_id as record_id)
from records
where ${drawn} between ${Math.round((2 * cut) / 3)} and ${cut - 1}`;
}
