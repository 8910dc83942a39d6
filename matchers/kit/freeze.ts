import { mkdir } from "node:fs/promises";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { LIMITS, measure } from "./drift.ts";
import { type Frozen, hashingOf, trainedPart, versionOf, weightsOf } from "./frozen.ts";
import { writeTerms } from "./frozen-terms.ts";
import { type Resolved, resolve } from "./resolve.ts";
import type { MatcherSpec } from "./spec.ts";
import { contentSql } from "./state.ts";
import { Statements } from "./statements.ts";

export interface Trained {
  readonly frozen: Frozen;
  readonly resolved: Resolved;
}

/**
 * Trains on the records as they are and writes what the model knows of values beside the identity memory; the model itself is
 * for the caller to keep. Publishes nothing.
 */
export async function freeze(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: {
    readonly entity: string;
    readonly identityFolder: string;
    readonly trainedAt: Date;
    /** The model in force so far: its limits go on, its files stay until the next. */
    readonly before?: Frozen | undefined;
    readonly note?: (text: string) => void;
  },
): Promise<Trained> {
  const { entity, identityFolder, trainedAt, before, note } = options;
  await mkdir(identityFolder, { recursive: true });
  const statements = new Statements(warehouse, entity);
  const resolved = await resolve(statements, spec, note ? { note } : {});
  const { prepared, blocked, model, inside, registers } = resolved;
  const { sources } = prepared;
  const caps = Object.fromEntries(blocked.rules.map(({ name, cap }) => [name, cap]));
  const measured = await measure(statements, spec, { records: "temp.rec", pairs: "temp.scored" });
  const [data] = await statements.rows<{ fingerprint: string | null }>({
    name: "fingerprint",
    sql: `select md5(string_agg(content::varchar, ' ' order by record_id)) as fingerprint
from (${await contentSql(warehouse, spec)})`,
  });
  const terms = await writeTerms(statements, spec, { identityFolder, caps });
  await statements.dropTemporary();
  const parts: Omit<Frozen, "version"> = {
    entity,
    trainedAt: trainedAt.toISOString(),
    spec: trainedPart(spec),
    data: {
      records: prepared.records,
      sources: measured.sources,
      fingerprint: data?.fingerprint ?? "",
    },
    weights: weightsOf(spec, model, sources),
    ...(inside.model ? { inside: weightsOf(spec, inside.model, sources) } : {}),
    ...(inside.skipped === undefined ? {} : { notRefitted: inside.skipped }),
    registers: [...registers]
      .sort((left, right) => left - right)
      .map((code) => sources[code] ?? "?"),
    lowest: resolved.lowest,
    caps,
    hashing: await hashingOf(warehouse),
    populations: terms.populations,
    terms: terms.hash,
    measured,
    limits: before?.limits ?? LIMITS,
    warnings: model.warnings,
  };
  const frozen: Frozen = { version: versionOf(parts), ...parts };
  await terms.keep(frozen.version, before ? [before.version] : []);
  return { frozen, resolved };
}
