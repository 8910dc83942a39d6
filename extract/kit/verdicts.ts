import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EltError } from "../../engine/errors.ts";
import { writeJsonFile } from "./json-file.ts";

const schema = z.record(
  z.string(),
  z.object({ verdict: z.enum(["retry", "drop"]), at: z.iso.datetime() }),
);

/** What a person decided about a source's dead letters, by request key. */
export type Verdicts = Readonly<z.output<typeof schema>>;

export function readVerdicts(data: string, source: string): Verdicts {
  const file = fileOf(data, source);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    // Decisions of people are not thrown away silently.
    throw new EltError(`${file} cannot be read`, {
      cause,
      hint: "mend it, or remove it to decide anew about the source's dead letters",
    });
  }
}

export async function writeVerdicts(
  data: string,
  source: string,
  verdicts: Verdicts,
): Promise<void> {
  await writeJsonFile(fileOf(data, source), verdicts);
}

function fileOf(data: string, source: string): string {
  return join(data, "dead_letters", `${source}.json`);
}
