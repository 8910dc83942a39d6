import { integer } from "../../../engine/report.ts";
import type { Evaluation, Figures } from "../../../matchers/kit/evaluate.ts";
import { formatTable } from "../../table.ts";

/** The figures as people read them in a terminal. */
export function evaluationLines(evaluation: Evaluation): string[] {
  const { calibration, blocking, best, entities } = evaluation;
  const known = entities === undefined ? "" : `, ${integer(entities)} true entities`;
  return [
    `${integer(evaluation.records)} records in ${integer(evaluation.clusters)} clusters${known}, the largest of ${integer(evaluation.largestCluster)}`,
    `${integer(evaluation.truePairs)} ${evaluation.truth === "labels" ? "labelled matches" : "true pairs"}, ${integer(blocking.candidates)} candidates`,
    "",
    ...formatTable(
      ["", "precision", "recall", "F1", ""],
      figureRows(evaluation).map(([name, figures, detail]) => [
        name,
        ...[figures.precision, figures.recall, figures.f1].map((value) => value.toFixed(4)),
        detail,
      ]),
      { right: [1, 2, 3] },
    ).split("\n"),
    "",
    `blocking recall    ${blocking.atLeast ? "≥ " : ""}${blocking.recall.toFixed(4)}${blocking.atLeast ? "  (light pairs were not kept; elt match --all-pairs keeps them)" : ""}`,
    `calibration error  ${calibration.error.toFixed(4)}  from p 0.5 on; below, ${integer(calibration.below.expected)} matches expected, ${integer(calibration.below.seen)} there`,
    `best weight        ${best.weight.toFixed(2).replace("-", "−")} bits`,
    "",
    ...formatTable(
      ["p", "pairs", "said", "seen"],
      calibration.bins.map(({ from, pairs, said, seen }) => [
        `${from.toFixed(1)}–${(from + 0.1).toFixed(1)}`,
        integer(pairs),
        said.toFixed(3),
        seen.toFixed(3),
      ]),
      { right: [1, 2, 3] },
    ).split("\n"),
  ];
}

/** The five ways to count, in words, with where they cut. */
export function figureRows(evaluation: Evaluation): (readonly [string, Figures, string])[] {
  const { own, half, best, clusterPairs, b3 } = evaluation;
  return [
    ["pairs, own cut", own, "what the tool decided"],
    ["pairs, p ≥ 0.5", half, ""],
    ["pairs, best cut", best, `weight ≥ ${best.weight.toFixed(2).replace("-", "−")}`],
    ["pairs in clusters", clusterPairs, ""],
    ...(b3 ? [["B³", b3, ""] as const] : []),
  ];
}
