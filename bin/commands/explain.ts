import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

const ENTITY = "hotel";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("explain"))
    .description("Say how a hotel came together, or why two records are one hotel or two.")
    .argument("<terms...>", "a hotel id, a record id, part of a name; or two record ids")
    .option("--as-of <time>", "the hotel as it was then, ISO 8601: 2026-01-01")
    .addHelpText(
      "after",
      '\nExamples:\n  npx elt explain "sea grape"\n  npx elt explain florida_dbpr:HOT1234567 openstreetmap:way/42\n  npx elt explain 8048004718453057154 --as-of 2026-01-01',
    )
    .action(async (terms: string[], options: ProjectOptions & { readonly asOf?: string }) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      const warehouse = await project.reader();
      try {
        io.out(await explain(terms, warehouse, options.asOf));
      } finally {
        warehouse.close();
      }
      end(0);
    });
}

/**
 * One hotel (its id, a record, part of its name): the records merged, the weights that joined them, and for each
 * field the value that won and those it beat; or its records as of a time. Two record ids: why they are one hotel, or why not.
 */
export async function explain(
  terms: readonly string[],
  warehouse: Warehouse,
  asOf?: string,
): Promise<string> {
  if (asOf !== undefined) {
    const { asOfLines } = await import("./explain/as-of.ts");
    return (await asOfLines(warehouse, terms.join(" "), asOf)).join("\n");
  }
  const [left, right] = terms;
  const known = await knownRecords(warehouse, terms);
  if (terms.length === 2 && left !== undefined && right !== undefined && known.size > 0) {
    const unknown = terms.find((term) => !known.has(term));
    if (unknown !== undefined && left !== right) {
      throw new EltError(`no record "${unknown}"`, {
        hint: "name two records, as match.hotel_clusters does",
        exitCode: 2,
      });
    }
    const { pairLines } = await import("./explain/pair.ts");
    return (await pairLines(warehouse, ENTITY, [left, right])).join("\n");
  }
  const { findHotel } = await import("./explain/find.ts");
  const found = await findHotel(warehouse, terms.join(" "));
  const { hotelLines } = await import("./explain/hotel.ts");
  return (await hotelLines(warehouse, ENTITY, found)).join("\n");
}

async function knownRecords(
  warehouse: Warehouse,
  terms: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const term of terms) {
    const row = await warehouse.first(
      "select 1 as one from match.hotel_clusters where record_id = $1",
      [term],
    );
    if (row) known.add(term);
  }
  return known;
}
