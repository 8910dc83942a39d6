import { EltError } from "../errors.ts";
import { Answers } from "./answers.ts";
import type { Build, Result } from "./build.ts";
import type { Compiled } from "./compile.ts";
import { rowsPlaced } from "./execute.ts";
import type { CheckNode } from "./nodes.ts";

/** Columns of a failing row that name it without telling about a person. */
const KEYS = /(^|_)(id|key|field|records)$/;
const SHOWN_ROWS = 3;

interface Outcome {
  readonly failures: bigint | number;
  readonly should_warn: boolean;
  readonly should_error: boolean;
}

/** Runs one check: its query selects the offending rows. */
export async function runCheck(check: CheckNode, build: Build): Promise<Result> {
  const { warehouse, compiler, env } = build;
  const answers = new Answers(warehouse);
  const compiled = await answers.rendering(() => compiler.compile(check, { database: answers }));
  build.compiled(check.name, compiled.text);
  const { config } = check;
  const limit =
    config.limit === undefined || config.limit === null ? "" : `\nlimit ${String(config.limit)}`;
  const failCalc = String(config.fail_calc ?? "count(*)");
  const warnIf = String(config.warn_if ?? "!= 0");
  const errorIf = String(config.error_if ?? "!= 0");
  const place = { compiled, root: env.project.root, at: () => placeOf(check) };
  const [outcome] = await rowsPlaced<Outcome & Record<string, unknown>>(warehouse, {
    ...place,
    before: `select ${failCalc} as failures, ${failCalc} ${warnIf} as should_warn, ${failCalc} ${errorIf} as should_error\nfrom (\n`,
    after: `${limit}\n) as dbt_internal_test`,
  });
  const failures = Number(outcome?.failures ?? 0);
  const isError = String(config.severity ?? "error").toLowerCase() === "error";
  if (isError && outcome?.should_error) {
    throw await failure(check, failures, compiled, build);
  }
  if (outcome?.should_warn) {
    const error = await failure(check, failures, compiled, build);
    return { rows: failures, warnings: [`${error.place} ${error.message}`] };
  }
  return { rows: failures };
}

/** Where a check is written. */
export function placeOf(check: CheckNode): { file: string; line: number; column?: number } {
  if (!check.origin) return { file: check.path, line: check.firstLine };
  return check.origin.file.place(check.origin.path);
}

async function failure(
  check: CheckNode,
  failures: number,
  compiled: Compiled,
  { warehouse, env }: Build,
): Promise<EltError> {
  const rows = await rowsPlaced(warehouse, {
    compiled,
    before: "select * from (\n",
    after: `\n) as dbt_internal_test limit ${SHOWN_ROWS}`,
    root: env.project.root,
    at: () => placeOf(check),
  });
  const samples = rows
    .map((row) =>
      Object.entries(row)
        .filter(([name, value]) => KEYS.test(name) && value !== null)
        .map(([name, value]) => `${name} = ${String(value)}`)
        .join(", "),
    )
    .filter((line) => line !== "");
  const count = `${failures.toLocaleString("en-US")} row${failures === 1 ? "" : "s"}`;
  const about = check.description === "" ? "" : ` (${check.description.split("\n")[0]})`;
  return new EltError(`${count} fail ${check.name}${about}`, {
    ...placeOf(check),
    hint: `see the rows with: elt show ${check.name}`,
    excerpt: samples.length > 0 ? samples.map((line) => `  ${line}`).join("\n") : undefined,
  });
}
