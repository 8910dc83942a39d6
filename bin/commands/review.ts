import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import type { MatcherSpec } from "../../matchers/kit/spec.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

interface ReviewOptions extends ProjectOptions {
  readonly entity: string;
  readonly by?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("review"))
    .description("Answer the pairs the matcher is least sure of, one key each.")
    .option("--entity <name>", "whose pairs: a file of matchers/", "hotel")
    .option("--by <name>", "who decides; default: git's user.name, or $USER")
    .addHelpText(
      "after",
      "\nKeys: s same, d different, n next, u undo, q quit. Verdicts go to seeds/match_decisions.csv.\n\nExample:\n  npx elt review\n  npx elt run -s match_decisions+   apply them",
    )
    .action(async (options: ReviewOptions) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      const { entity } = options;
      const spec = await specOf(project.root, entity);
      const name = (spec.verdicts ?? "seeds.match_decisions").split(".").at(-1) ?? "";
      const warehouse = await project.reader();
      try {
        const { VerdictFile } = await import("../../matchers/kit/verdict-file.ts");
        const { review } = await import("./review/session.ts");
        const path = join(project.root, "seeds", `${name}.csv`);
        const counts = await review(io, {
          warehouse,
          spec,
          entity,
          file: await VerdictFile.open(path, warehouse),
          by: {
            name: options.by ?? (await userName(project.root)),
            date: project.startedAt.toISOString().slice(0, 10),
          },
        });
        if (counts.same + counts.different > 0) {
          io.out(`in ${relative("", path)}; apply them with: npx elt run -s ${name}+`);
        }
      } finally {
        warehouse.close();
      }
      end(0);
    });
}

async function specOf(root: string, entity: string): Promise<MatcherSpec> {
  const file = join(root, "matchers", `${entity}.ts`);
  if (!/^[a-z][a-z0-9_]*$/.test(entity) || !existsSync(file)) {
    throw new EltError(`no matcher "${entity}"`, { hint: "name a file of matchers/", exitCode: 2 });
  }
  const { spec } = (await import(pathToFileURL(file).href)) as { spec?: MatcherSpec };
  if (spec) return spec;
  throw new EltError(`matchers/${entity}.ts exports no spec`, { exitCode: 2 });
}

async function userName(root: string): Promise<string> {
  const asked = await promisify(execFile)("git", ["config", "user.name"], { cwd: root }).catch(
    () => ({ stdout: "" }),
  );
  return asked.stdout.trim() || process.env.USER || "unknown";
}
