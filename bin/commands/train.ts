import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { styleText } from "node:util";
import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import { publishedPath } from "../../engine/publish.ts";
import { integer } from "../../engine/report.ts";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { entitySpec } from "../entity-spec.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import type { Project } from "../project.ts";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("train"))
    .description(
      "Train a matcher on the published records and keep the model, for the nights to come.",
    )
    .argument("[entity]", "a file of matchers/", "hotel")
    .addHelpText(
      "after",
      "\nThe model is a small JSON beside the spec, for git; how many hold each value stays in data/identity.\nWithout one, every run trains on its own records.\n\nExample:\n  npx elt train hotel\n  npx elt run",
    )
    .action(async (entity: string, options: ProjectOptions) => {
      const { openProject } = await import("../project.ts");
      await trainEntity(await openProject(options), entity, io);
      end(0);
    });
}

/** Trains, writes the model, says what it learned. */
export async function trainEntity(project: Project, entity: string, io: Io): Promise<void> {
  const spec = await entitySpec(project.root, entity);
  const { freeze } = await import("../../matchers/kit/freeze.ts");
  const { modelFile, readFrozen, writeFrozen } = await import("../../matchers/kit/frozen.ts");
  const file = modelFile(join(project.root, "matchers"), entity, project.profile.name);
  const warehouse = await lookAt(project, [spec.input, ...(spec.verdicts ? [spec.verdicts] : [])]);
  try {
    const { frozen, resolved } = await freeze(warehouse, spec, {
      entity,
      identityFolder: join(project.data, "identity", entity),
      trainedAt: project.startedAt,
      before: await readFrozen(file).catch(() => undefined),
      note: (text) => io.transient?.(`\r\u001b[2K${text}`),
    });
    await writeFrozen(file, frozen);
    io.transient?.("\r\u001b[2K");
    const { records, sources } = frozen.data;
    io.out(`model ${frozen.version} of ${entity}, ${frozen.trainedAt.slice(0, 10)}`);
    io.out(
      `trained on ${integer(records)} records of ${Object.keys(sources).length} sources and ${integer(resolved.blocked.pairs)} pairs, lambda ${frozen.weights.lambda.toExponential(2)}`,
    );
    for (const warning of frozen.warnings) io.out(styleText("yellow", `warning: ${warning}`));
    io.out(`in ${relative("", file)}: commit it; runs use it from now on: npx elt run`);
  } finally {
    warehouse.close();
  }
}

/** A warehouse in memory that sees the published tables: training makes tables of its own. */
async function lookAt(project: Project, tables: readonly string[]): Promise<Warehouse> {
  const path = publishedPath(project.data);
  if (!existsSync(path)) {
    throw new EltError("there is no warehouse yet", { hint: "make one with: npx elt run" });
  }
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  const warehouse = await Warehouse.open(":memory:");
  await warehouse.run(`attach ${literal(path)} as published (read_only)`);
  for (const table of tables) {
    const [schema = "main", name = ""] = table.split(".");
    await warehouse.run(`create schema if not exists ${quote(schema)}`);
    await warehouse.run(
      `create view ${quote(schema)}.${quote(name)} as from published.${quote(schema)}.${quote(name)}`,
    );
  }
  return warehouse;
}
