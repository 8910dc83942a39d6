import { styleText } from "node:util";
import { EltError } from "../../../engine/errors.ts";
import { errorText } from "../../../engine/report.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { openQuestions, type Question } from "../../../matchers/kit/questions.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";
import type { VerdictFile } from "../../../matchers/kit/verdict-file.ts";
import type { Io } from "../../io.ts";
import { questionLines } from "./question.ts";

export interface ReviewCounts {
  readonly same: number;
  readonly different: number;
  readonly skipped: number;
}

export interface ReviewInside {
  readonly warehouse: Warehouse;
  readonly spec: MatcherSpec;
  readonly entity: string;
  readonly file: VerdictFile;
  readonly by: { readonly name: string; readonly date: string };
}

/** What was answered, so that it can be taken back. */
interface Answer {
  readonly word: "same" | "different" | "skipped";
  /** As it stands in the file; nothing for what was skipped. */
  readonly line: string | undefined;
}

const HELP = "s same   d different   n next   u undo   q quit";

/** Asks one question after the other, until they end, the keys end, or somebody quits. */
export async function review(io: Io, inside: ReviewInside): Promise<ReviewCounts> {
  const { warehouse, entity, file } = inside;
  const questions = await openQuestions(warehouse, entity, file.decided);
  const answers: Answer[] = [];
  const keys = io.keys?.();
  let shown = -1;
  while (answers.length < questions.length) {
    const question = questions[answers.length];
    if (!question) break;
    if (shown !== answers.length) {
      const place = { number: answers.length + 1, of: questions.length };
      for (const line of await questionLines(inside, question, place)) io.out(line);
      io.out(styleText("dim", HELP));
      shown = answers.length;
    }
    const pressed = await keys?.next();
    if (!pressed || pressed.done || pressed.value === "q") break;
    try {
      if (await answer(inside, { key: pressed.value, question, answers }, io)) shown = -1;
    } catch (error) {
      if (!(error instanceof EltError)) throw error;
      io.err(errorText(error));
    }
  }
  await keys?.return(undefined);
  const counts = {
    same: answers.filter(({ word }) => word === "same").length,
    different: answers.filter(({ word }) => word === "different").length,
    skipped: answers.filter(({ word }) => word === "skipped").length,
  };
  for (const line of closingLines(counts, questions.length)) io.out(line);
  return counts;
}

/** Does what a key says; answers whether a question is to be shown. */
async function answer(
  { file, by }: ReviewInside,
  asked: { readonly key: string; readonly question: Question; readonly answers: Answer[] },
  io: Io,
): Promise<boolean> {
  const { key, question, answers } = asked;
  const { l, r } = question;
  switch (key.toLowerCase()) {
    case "s":
    case "d": {
      const same = key.toLowerCase() === "s";
      const line = await file.append({ l, r, same }, by);
      answers.push({ word: same ? "same" : "different", line });
      io.out(styleText(same ? "green" : "yellow", `→ ${same ? "same" : "different"}`));
      return true;
    }
    case "n":
      answers.push({ word: "skipped", line: undefined });
      io.out(styleText("dim", "→ next"));
      return true;
    case "u": {
      const last = answers.at(-1);
      if (!last) {
        io.out(styleText("dim", "nothing to take back"));
        return false;
      }
      if (last.line !== undefined) await file.takeBack(last.line);
      answers.pop();
      io.out(styleText("dim", `→ took back: ${last.word}`));
      return true;
    }
    default:
      io.out(styleText("dim", HELP));
      return false;
  }
}

function closingLines({ same, different, skipped }: ReviewCounts, questions: number): string[] {
  if (questions === 0) return ["nothing to review"];
  const left = questions - same - different;
  const verdicts = same + different;
  const skips = skipped > 0 ? `, ${skipped} skipped` : "";
  return [
    "",
    `${verdicts} ${verdicts === 1 ? "verdict" : "verdicts"} (${same} same, ${different} different)${skips}, ${left} left`,
  ];
}
