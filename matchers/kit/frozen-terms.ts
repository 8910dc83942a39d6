import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import { type FrozenBlocks, keyColumns, keyedSql } from "./block.ts";
import { type Frozen, termsFolder } from "./frozen.ts";
import { dictionariesOf, type FrozenTerms } from "./prepare.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";

/** How far a block may outgrow the cap it was trained with before its value turns generic, too. */
const SLACK = 2;

export interface WrittenTerms {
  /** A hash of what was written. */
  readonly hash: string;
  readonly populations: Readonly<Record<string, number>>;
  /** Gives the files the name of their version, and removes those of versions that are not named. */
  readonly keep: (version: string, others: readonly string[]) => Promise<void>;
}

/**
 * Writes how many hold each value, and which blocks are over their cap, as they stand in the temporary tables. The values are
 * those of records: they stay out of git.
 */
export async function writeTerms(
  statements: Statements,
  spec: MatcherSpec,
  options: { readonly identityFolder: string; readonly caps: Readonly<Record<string, number>> },
): Promise<WrittenTerms> {
  const draft = termsFolder(options.identityFolder, "draft");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const hashes: string[] = [];
  const populations: Record<string, number> = {};
  const write = async (name: string, select: string, text: string) => {
    await statements.run({
      name: `write_${name}`,
      sql: `copy (${select}) to ${literal(join(draft, `${name}.parquet`))} (format parquet, compression zstd)`,
    });
    const [row] = await statements.rows<{ hash: string | null }>({
      name: `hash_${name}`,
      sql: `select md5(string_agg(${text}, chr(10) order by ${text})) as hash from (${select})`,
    });
    hashes.push(`${name} ${row?.hash ?? ""}`);
  };
  for (const name of dictionariesOf(spec).keys()) {
    await write(
      `dictionary_${name}`,
      `select value, code, count, bits from temp.${quote(`dictionary_${name}`)} order by code`,
      "concat_ws(' ', value, code, count, bits)",
    );
    const [row] = await statements.rows<{ n: number }>({
      name: `population_${name}`,
      sql: `select coalesce(max(n), 0)::integer as n
from (select count(${quote(name)}) as n from temp.rec group by source)`,
    });
    populations[name] = row?.n ?? 0;
  }
  for (const rule of spec.blocking) {
    const columns = keyColumns(rule);
    await write(
      `generic_${rule.name}`,
      `select ${columns}
from (${keyedSql(rule)})
group by all
having count(*) > ${options.caps[rule.name] ?? 0}
order by all`,
      `concat_ws(' ', ${columns})`,
    );
  }
  return {
    hash: hashes.join(", "),
    populations,
    async keep(version, others) {
      const folder = termsFolder(options.identityFolder, version);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
      for (const entry of await readdir(dirname(folder))) {
        if (![version, ...others].includes(entry)) {
          await rm(join(dirname(folder), entry), { recursive: true, force: true });
        }
      }
    },
  };
}

/** What a written model knows of values and blocks, as preparing and blocking need it. */
export function readTerms(identityFolder: string, frozen: Frozen): FrozenTerms & FrozenBlocks {
  const folder = termsFolder(identityFolder, frozen.version);
  const file = (name: string) => `read_parquet(${literal(join(folder, `${name}.parquet`))})`;
  return {
    counted: (name) => file(`dictionary_${name}`),
    highest: (name) => `select coalesce(max(code), 0) from ${file(`dictionary_${name}`)}`,
    population: (name) => frozen.populations[name] ?? 0,
    cap: (rule) => (frozen.caps[rule] ?? 0) * SLACK,
    generic: (rule) => `select ${keyColumns(rule)} from ${file(`generic_${rule.name}`)}`,
  };
}
