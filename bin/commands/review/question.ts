import { styleText } from "node:util";
import { quote } from "../../../engine/warehouse/quote.ts";
import type { Row } from "../../../engine/warehouse/warehouse.ts";
import { explainPublished } from "../../../matchers/kit/explain.ts";
import type { Question } from "../../../matchers/kit/questions.ts";
import { cellText } from "../../table.ts";
import { waterfall } from "../explain/pair.ts";
import type { ReviewInside } from "./session.ts";

/** What a person looks at, in this order; columns an entity lacks are left out. */
const FIELDS = [
  ...["source", "hotel_name", "full_name", "name", "title", "brand", "category", "address"],
  ...["unit", "city", "state", "zip_code", "country", "latitude", "longitude", "phone"],
  ...["phone_alt", "email", "website", "booking_url", "place_id", "licence_number", "room_count"],
  ...["is_active", "observed_at", "source_url"],
];
/** With fewer of them, every column is shown. */
const ENOUGH_FIELDS = 4;
const WIDEST = 46;

/** One question: both records side by side, and how the weight came about. */
export async function questionLines(
  { warehouse, spec, entity }: ReviewInside,
  question: Question,
  place: { readonly number: number; readonly of: number },
): Promise<string[]> {
  const { l, r } = question;
  const input = spec.input.split(".").map(quote).join(".");
  const rows = await warehouse.rows(`select * from ${input} where ${quote(spec.id)} in ($1, $2)`, [
    l,
    r,
  ]);
  const left = rows.find((row) => row[spec.id] === l) ?? {};
  const right = rows.find((row) => row[spec.id] === r) ?? {};
  const explained = await explainPublished(warehouse, spec, entity, [l, r]);
  return [
    "",
    `${styleText("bold", `${place.number} of ${place.of}`)}  ${stakes(question)}`,
    "",
    ...sideBySide([l, r], left, right),
    "",
    ...(explained ? waterfall(explained).slice(1) : []),
    "",
  ];
}

function stakes({ decision, probability, sizes }: Question): string {
  const odds = `probability ${probability.toFixed(4)}`;
  if (decision === "merge") return `joined on little: ${odds}, ${sizes[0]} records in one`;
  return `kept apart: ${odds}, "same" would join ${sizes[0]} and ${sizes[1]} records`;
}

function sideBySide(ids: readonly [string, string], left: Row, right: Row): string[] {
  const known = FIELDS.filter((name) => name in left || name in right);
  const names = known.length >= ENOUGH_FIELDS ? known : Object.keys({ ...left, ...right });
  const lines = names
    .map((name) => [name, cellText(left[name]), cellText(right[name])] as const)
    .filter(([, one, other]) => one !== "" || other !== "");
  const label = Math.max(0, ...lines.map(([name]) => name.length));
  const width = Math.min(
    WIDEST,
    Math.max(ids[0].length, ...lines.map(([, one]) => [...one].length)),
  );
  return [
    `${" ".repeat(label)}  ${styleText("bold", fitted(ids[0], width))}  ${styleText("bold", ids[1])}`,
    ...lines.map(([name, one, other]) => {
      const agrees = one !== "" && one.toLowerCase() === other.toLowerCase();
      const values = `${fitted(one, width)}  ${clip(other)}`;
      return `${styleText("dim", name.padEnd(label))}  ${agrees ? styleText("green", values) : values}`.trimEnd();
    }),
  ];
}

function fitted(text: string, width: number): string {
  const shown = clip(text);
  return shown + " ".repeat(Math.max(0, width - [...shown].length));
}

function clip(text: string): string {
  const letters = [...text];
  return letters.length > WIDEST ? `${letters.slice(0, WIDEST - 1).join("")}…` : text;
}
