import type { Command } from "commander";
import type { Profile } from "../../engine/config.ts";
import type { Checkup } from "../../extract/kit/checkup.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

interface DoctorOptions extends ProjectOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** What is known of one source; the last fields only where it is configured. */
interface Finding extends Partial<Omit<Checkup, "source" | "isWell">> {
  readonly source: string;
  /** `yes`, or the mistake. */
  readonly configured: string;
  /** `none needed`, `set`, or the variables that are missing. */
  readonly key: string;
  readonly isWell: boolean;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("doctor"))
    .description(
      "Say of each source: configured, key present, reachable, quota left, last success, breaker, canary.",
    )
    .option("--offline", "send nothing")
    .option("--json", "print the findings as JSON lines")
    .addHelpText("after", "\nExample:\n  npx elt doctor --profile prod --offline")
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options);
      const { formatTable } = await import("../table.ts");
      if (options.json) for (const finding of findings) io.out(JSON.stringify(finding));
      else io.out(formatTable(NAMES, findings.map(row)));
      end(findings.every(({ isWell }) => isWell) ? 0 : 1);
    });
}

const NAMES = [
  "source",
  "configured",
  "key",
  "reachable",
  "quota left",
  "last success",
  "breaker",
  "canary",
];

function row(finding: Finding): unknown[] {
  const { source, configured, key, reachable, quotaLeft, lastSuccess, breaker, canary } = finding;
  const quota = breaker === undefined ? undefined : (quotaLeft ?? "no quota");
  const last = breaker === undefined ? undefined : (lastSuccess ?? "never");
  return [source, configured, key, reachable, quota, last, breaker, canary];
}

async function examine(options: DoctorOptions): Promise<Finding[]> {
  const { openProject } = await import("../project.ts");
  const { labelOf, profileSources } = await import("../sources.ts");
  const { checkUp } = await import("../../extract/kit/checkup.ts");
  const project = await openProject(options);
  try {
    const findings: Finding[] = [];
    for (const source of await profileSources(project)) {
      const { name, facts, problem } = source;
      const needed = facts.flatMap(({ keys }) => keys);
      const missing = missingKeys(project.profile, name, needed);
      const key = missing?.length
        ? `not set: ${missing.join(", ")}`
        : missing
          ? "set"
          : "none needed";
      const first = { source: name, configured: problem ?? "yes", key };
      if (problem !== undefined) findings.push({ ...first, isWell: false });
      for (const one of facts) {
        const checkup = await checkUp(one, { ...project, isOffline: options.offline ?? false });
        const isWell = checkup.isWell && !missing?.length;
        findings.push({ ...first, ...checkup, source: labelOf(source, one), isWell });
      }
    }
    return findings;
  } finally {
    await project.close();
  }
}

/**
 * Environment variables that a source needs or its settings name, `${KEY}` or `key_env: KEY`, and that
 * are not set; nothing where there is none.
 */
function missingKeys(
  profile: Profile,
  source: string,
  needed: readonly string[],
): string[] | undefined {
  const text = JSON.stringify(profile.section("sources", source)?.value ?? {});
  const named = [
    ...needed,
    ...[...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name]) => name ?? ""),
    ...[...text.matchAll(/"\w+_env":"([^"]+)"/g)].map(([, name]) => name ?? ""),
  ];
  if (named.length === 0) return undefined;
  return [...new Set(named)].filter((name) => !process.env[name]);
}
