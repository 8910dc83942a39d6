import { integer } from "../../../engine/report.ts";
import type { Evaluation } from "../../../matchers/kit/evaluate.ts";
import {
  calibrationChart,
  histogramChart,
  precisionRecallChart,
  sizesChart,
  thresholdChart,
  unlinkablesChart,
} from "./charts.ts";
import type { Details, Mistake } from "./details.ts";
import { shareChart, waterfallChart, weightChart } from "./model-charts.ts";
import { figureRows } from "./report.ts";
import { STYLE } from "./style.ts";
import { escaped, signed } from "./svg.ts";

/** One page that holds everything it shows: no script, no font, no address. */
export function reportHtml(evaluation: Evaluation, details: Details): string {
  const { records, clusters, truePairs, entities, truth } = evaluation;
  const known = entities === undefined ? "" : ` for ${integer(entities)} true entities`;
  const pairs = truth === "labels" ? "labelled matches" : "true pairs";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Match report</title>
<style>${STYLE}</style>
<main>
<h1>Match report</h1>
<p class="lead">${integer(records)} records in ${integer(clusters)} clusters${known}, judged by ${integer(truePairs)} ${pairs}. Point at a mark to read it.</p>
${notes(evaluation.notes)}
<div class="tiles">${tiles(evaluation)}</div>
<div class="cards">
${[...figureCards(evaluation, details), ...modelCards(details), ...mistakeCards(details)].join("\n")}
</div>
<footer>Written by elt evaluate.</footer>
</main>
</html>
`;
}

function tiles({ own, clusterPairs, b3, calibration, blocking, best }: Evaluation): string {
  const tile = (name: string, value: string, detail: string) =>
    `<div class="tile"><span>${name}</span><b>${value}</b><i>${detail}</i></div>`;
  return [
    tile(
      "F1 at the own cut",
      own.f1.toFixed(4),
      `best ${best.f1.toFixed(4)} at ${signed(best.weight)} bits`,
    ),
    tile("Precision", own.precision.toFixed(4), "of the pairs joined"),
    tile("Recall", own.recall.toFixed(4), "of the true pairs"),
    tile("Cluster-pair F1", clusterPairs.f1.toFixed(4), "all pairs inside clusters"),
    ...(b3 ? [tile("B³", b3.f1.toFixed(4), "mean over records")] : []),
    tile("Calibration error", calibration.error.toFixed(4), "from p 0.5 on"),
    tile(
      "Blocking recall",
      blocking.recall.toFixed(4),
      `${blocking.atLeast ? "at least; " : ""}${integer(blocking.candidates)} candidates`,
    ),
  ].join("");
}

function figureCards(evaluation: Evaluation, details: Details): string[] {
  const { curve, calibration } = evaluation;
  const matches = legend(["match", "matches"], ["other", "other pairs"]);
  return [
    card(
      "Pairs by weight",
      "Apart is good: every step of one bit doubles the odds. Counts on a log scale.",
      matches + histogramChart(details.histogram),
    ),
    card(
      "Precision and recall",
      "Every cut there is, and the two that matter.",
      legend(["own", "own cut"], ["other", "best cut"]) + precisionRecallChart(evaluation),
    ),
    card(
      "Where to cut",
      "What each threshold would give.",
      legend(["match", "precision"], ["third", "recall"], ["other", "F1"]) + thresholdChart(curve),
    ),
    card(
      "Calibration",
      "On the diagonal, what says 0.9 is right nine times in ten. Larger: more pairs.",
      calibrationChart(calibration),
    ),
    card(
      "Clusters by size",
      "Found beside true. Counts on a log scale.",
      legend(["other", "true"], ["match", "found"]) + sizesChart(details.sizes),
    ),
    ...(details.unlinkables.length > 0
      ? [
          card(
            "Unlinkable records",
            "Records too bare to be joined to anything, at any cut.",
            unlinkablesChart(details.unlinkables),
          ),
        ]
      : []),
    card("Figures", "", figuresTable(evaluation)),
    card("Calibration by tenths", "", binsTable(evaluation)),
  ];
}

function modelCards({ levels, waterfalls }: Details): string[] {
  if (levels.length === 0) return [];
  const falls = waterfalls.map(
    (fall) =>
      `<div><h3>${escaped(fall.title)}</h3><p>${escaped(fall.l)} × ${escaped(fall.r)}, probability ${fall.probability.toFixed(4)}</p>${waterfallChart(fall)}</div>`,
  );
  return [
    card(
      "Match weights",
      "What each level says for a match, or against it, in bits.",
      legend(["match", "for"], ["against", "against"]) + weightChart(levels),
    ),
    card(
      "m and u",
      "How often matches reach a level, and how often other pairs do. The gap is the weight.",
      legend(["match", "matches (m)"], ["other", "other pairs (u)"]) + shareChart(levels),
    ),
    ...(falls.length > 0
      ? [
          card(
            "How a weight adds up",
            "Pairs worth a look, rarity of the agreed value included.",
            `<div class="falls">${falls.join("")}</div>`,
            "wide",
          ),
        ]
      : []),
  ];
}

function mistakeCards({ wrong, missed }: Details): string[] {
  return [
    card("Heaviest pairs joined wrongly", "", mistakesTable(wrong, "none")),
    card("Matches missed", "", mistakesTable(missed, "none")),
  ];
}

function figuresTable(evaluation: Evaluation): string {
  const rows = figureRows(evaluation).map(
    ([name, { precision, recall, f1 }, detail]) =>
      `<tr><td>${escaped(name)}</td>${[precision, recall, f1].map((value) => `<td class="n">${value.toFixed(4)}</td>`).join("")}<td>${escaped(detail)}</td></tr>`,
  );
  return table(["", "#precision", "#recall", "#F1", ""], rows);
}

function binsTable({ calibration }: Evaluation): string {
  const rows = calibration.bins.map(
    ({ from, pairs, said, seen }) =>
      `<tr><td>${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}</td><td class="n">${integer(pairs)}</td><td class="n">${said.toFixed(3)}</td><td class="n">${seen.toFixed(3)}</td></tr>`,
  );
  return table(["probability", "#pairs", "#said", "#true"], rows);
}

function mistakesTable(mistakes: readonly Mistake[], otherwise: string): string {
  if (mistakes.length === 0) return `<p>${otherwise}</p>`;
  const rows = mistakes.map(
    ({ l, r, weight }) =>
      `<tr><td class="id">${escaped(l)}</td><td class="id">${escaped(r)}</td><td class="n">${weight === null ? "no candidate" : signed(weight, 2)}</td></tr>`,
  );
  return table(["record", "record", "#bits"], rows);
}

/** A head that starts with # stands over numbers. */
function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map(
    (name) => `<th${name.startsWith("#") ? ' class="n"' : ""}>${name.replace("#", "")}</th>`,
  );
  return `<div class="scroll"><table><tr>${head.join("")}</tr>${rows.join("")}</table></div>`;
}

function card(title: string, lead: string, body: string, className = ""): string {
  const words = lead === "" ? "" : `<p>${lead}</p>`;
  return `<section class="card ${className}"><h2>${title}</h2>${words}${body}</section>`;
}

function legend(...items: readonly (readonly [string, string])[]): string {
  return `<div class="legend">${items.map(([name, words]) => `<span style="--c: var(--${name})">${words}</span>`).join("")}</div>`;
}

function notes(texts: readonly string[]): string {
  if (texts.length === 0) return "";
  return `<ul class="notes">${texts.map((words) => `<li>${escaped(words)}</li>`).join("")}</ul>`;
}
