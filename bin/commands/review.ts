import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { entitySpec } from "../entity-spec.ts";
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
      const spec = await entitySpec(project.root, entity);
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

async function userName(root: string): Promise<string> {
  const asked = await promisify(execFile)("git", ["config", "user.name"], { cwd: root }).catch(
    () => ({ stdout: "" }),
  );
  return asked.stdout.trim() || process.env.USER || "unknown";
}
