import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import type { Entity } from "./explain/entities.ts";

interface ExplainOptions extends ProjectOptions {
  readonly entity?: string;
  readonly asOf?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("explain"))
    .description(
      "Say how a hotel, person or organization came together, or why two records are one or two.",
    )
    .argument("<terms...>", "an id, a record id, part of a name; or two record ids")
    .option("--entity <name>", "look for this only: hotel, person, organization")
    .option(
      "--as-of <time>",
      "the hotel, person or organization as it was then, ISO 8601: 2026-01-01",
    )
    .addHelpText(
      "after",
      '\nExamples:\n  npx elt explain "sea grape"\n  npx elt explain --entity person "j. smith"\n  npx elt explain florida_dbpr:HOT1234567 openstreetmap:way/42\n  npx elt explain 8048004718453057154 --as-of 2026-01-01',
    )
    .action(async (terms: string[], options: ExplainOptions) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      const warehouse = await project.reader();
      try {
        io.out(await explain(terms, warehouse, options));
      } finally {
        warehouse.close();
      }
      end(0);
    });
}

/**
 * One hotel, person or organization (its id, a record, part of its name): the records merged, the weights that joined
 * them, and for each field of a hotel the value that won and those it beat; or its records as of a time. Two record ids:
 * why they are one, or why not.
 */
export async function explain(
  terms: readonly string[],
  warehouse: Warehouse,
  options: { readonly entity?: string; readonly asOf?: string } = {},
): Promise<string> {
  const { entity: wanted, asOf } = options;
  const { matchedEntities } = await import("./explain/entities.ts");
  const entities = await matchedEntities(warehouse, wanted);
  if (asOf !== undefined) {
    const { asOfLines } = await import("./explain/as-of.ts");
    return (await asOfLines(warehouse, entities, { term: terms.join(" "), time: asOf })).join("\n");
  }
  const [left, right] = terms;
  if (terms.length === 2 && left !== undefined && right !== undefined) {
    for (const entity of entities) {
      const known = await knownRecords(warehouse, entity, terms);
      if (known.size === 0) continue;
      const unknown = terms.find((term) => !known.has(term));
      if (unknown !== undefined && left !== right) {
        throw new EltError(`no record "${unknown}"`, {
          hint: `name two records, as match.${entity.name}_clusters does`,
          exitCode: 2,
        });
      }
      const { pairLines } = await import("./explain/pair.ts");
      return (await pairLines(warehouse, entity, [left, right])).join("\n");
    }
  }
  const { find } = await import("./explain/find.ts");
  const { entity, id } = await find(warehouse, entities, terms.join(" "));
  const { entityLines } = await import("./explain/entity.ts");
  return (await entityLines(warehouse, entity, id)).join("\n");
}

async function knownRecords(
  warehouse: Warehouse,
  { name }: Entity,
  terms: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const term of terms) {
    const row = await warehouse.first(
      `select 1 as one from match.${name}_clusters where record_id = $1`,
      [term],
    );
    if (row) known.add(term);
  }
  return known;
}
