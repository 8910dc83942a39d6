import { styleText } from "node:util";
import { integer } from "../../../engine/report.ts";
import type { BlockingPlan, MatchedAlone } from "../../../matchers/kit/alone.ts";
import type { AutoMade } from "../../../matchers/kit/shapes/auto.ts";
import { formatTable } from "../../table.ts";

/** What a run of a spec did: records, rules, λ, clusters, time. */
export function matchLines(report: {
  readonly matched: MatchedAlone;
  readonly sources: readonly { readonly source: string; readonly records: number }[];
  readonly sizes: readonly { readonly size: number; readonly clusters: number }[];
  readonly seconds: number;
}): string[] {
  const { matched, sources, sizes, seconds } = report;
  const { records, blocked, model } = matched;
  const possible = (records * (records - 1)) / 2;
  const listed = sources.slice(0, 8).map(({ source, records: own }) => `${source} ${integer(own)}`);
  if (sources.length > 8) listed.push(`${sources.length - 8} more`);
  const share = possible > 0 ? ` of ${integer(possible)} possible` : "";
  return [
    line("records", integer(records), listed.join(", ")),
    line("candidates", integer(blocked.pairs), `pairs${share}`),
    line(
      "lambda",
      model.lambda.toExponential(2),
      `about ${integer(Math.round(model.lambda * possible))} matching pairs expected`,
    ),
    line("clusters", integer(matched.clusters), sizesText(sizes)),
    line("time", `${seconds.toFixed(1)}s`, ""),
    "",
    ...formatTable(
      ["rule", "pairs", "found first", "cap", "generic values"],
      blocked.rules.map((rule, index) => [
        rule.name,
        integer(rule.pairs),
        integer(matched.firstFound[index] ?? 0),
        integer(rule.cap),
        integer(rule.suppressed),
      ]),
      { right: [1, 2, 3, 4] },
    ).split("\n"),
    ...matched.warnings.map((warning) => styleText("yellow", `warning: ${warning}`)),
  ];
}

/** What was made of the columns: which plays which role, and what is compared as it is. */
export function guessLines({ guess, also }: AutoMade): string[] {
  return [
    `taken for a list of ${guess.shape}`,
    "",
    ...formatTable(
      ["column", "role", ""],
      guess.columns.map(({ column, role, why }) => {
        const how = also.find((one) => one.column === column)?.how;
        if (role) return [column, role, why];
        return [column, how ? `compared as ${HOW[how]}` : "not used", how ? "" : why];
      }),
    ).split("\n"),
    "",
  ];
}

const HOW = {
  date: "a date",
  number: "a number",
  exactText: "a short text",
  freeText: "a text",
} as const;

/** What blocking would do: exact counts and the largest blocks. */
export function blockingLines({ records, rules }: BlockingPlan): string[] {
  const pairs = rules.reduce((sum, rule) => sum + rule.pairs, 0);
  return [
    `${integer(records)} records, ${integer(pairs)} pairs at most before repeats are dropped`,
    "",
    ...formatTable(
      ["rule", "pairs", "cap", "generic values", "largest blocks"],
      rules.map((rule) => [
        rule.name,
        integer(rule.pairs),
        integer(rule.cap),
        integer(rule.suppressed),
        rule.largest
          .map(
            ({ value, records: held }) =>
              `${value.length > 24 ? `${value.slice(0, 23)}…` : value} ${integer(held)}${held > rule.cap ? " (left out)" : ""}`,
          )
          .join(", "),
      ]),
      { right: [1, 2, 3], widest: 120 },
    ).split("\n"),
  ];
}

/** `90 of 1, 10 of 2, …`: how many clusters are how large. */
export function sizesText(
  sizes: readonly { readonly size: number; readonly clusters: number }[],
): string {
  const shown = sizes.slice(0, 5).map(({ size, clusters }) => `${integer(clusters)} of ${size}`);
  const rest = sizes.slice(5);
  const more = rest.reduce((sum, { clusters }) => sum + clusters, 0);
  if (more > 0) shown.push(`${integer(more)} larger, up to ${integer(rest.at(-1)?.size ?? 0)}`);
  return shown.join(", ");
}

export function line(name: string, amount: string, detail: string): string {
  return `${name.padEnd(11)} ${amount.padStart(12)}   ${detail}`.trimEnd();
}
