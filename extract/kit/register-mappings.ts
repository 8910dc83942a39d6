import type { z } from "zod";
import { type EltError, EltErrors } from "../../engine/errors.ts";
import type { RoomContext, RunContext, Step, StepResult } from "../../engine/step.ts";
import { suggest } from "../../engine/suggest.ts";
import type { Cells } from "../../engine/warehouse/landing.ts";
import { landedParts, partsFingerprint } from "../../engine/warehouse/landing-parts.ts";
import { type Effects, realEffects } from "./effects.ts";
import { landedColumns } from "./landed-columns.ts";
import { type Register, type RegisterRequest, unknownColumns } from "./registers.ts";

const COLUMNS = ["list_name", "source", "purpose", "field", "column_name", "constant"];

/**
 * Lands which column of which register is which field, whenever `elt.yml` changed, as `file_import`
 * does for lists. A register that left `elt.yml` lands as withdrawn: one row without a field.
 */
export function registerMappings<S extends z.ZodObject, R extends Register>(
  schema: S,
  requests: (settings: z.output<S>) => readonly RegisterRequest<R>[],
) {
  return (room: RoomContext, given?: Partial<Effects>): Step[] => {
    const { profile, name, path, data } = room;
    const section = profile.section("sources", name);
    if (!section) return [];
    const asked = requests(section.parse(schema.loose()) as z.output<S>);
    return [
      {
        kind: "extract",
        name: `${name}_mappings`,
        path,
        reads: [`${name}.rows`],
        writes: [`${name}.mappings`],
        uses: "outside",
        tolerant: true,
        state: () => partsFingerprint(data, name, "mappings"),
        run: (context) => landMappings(room, asked, { context, ...realEffects, ...given }),
      },
    ];
  };
}

async function landMappings<R extends Register>(
  room: RoomContext,
  asked: readonly RegisterRequest<R>[],
  { context, now, rename }: Effects & { readonly context: RunContext },
): Promise<StepResult> {
  const { requestHistory } = await import("../../engine/warehouse/landing-history.ts");
  const { openLanding } = await import("../../engine/warehouse/landing.ts");
  const { data, name: source } = room;
  const answered = await requestHistory(data, source, "rows", 1);
  const landed = await requestHistory(data, source, "mappings", 1);
  const wanted = new Map(asked.map(({ register }) => [register.name, mappingOf(register)]));
  // What never answered has no columns yet.
  const changed = asked.flatMap(({ key, register }, index) => {
    const mapping = wanted.get(register.name);
    const isNew = JSON.stringify(landed.get(register.name)?.request) !== JSON.stringify(mapping);
    return mapping && isNew && answered.get(key)?.answeredAt ? [{ mapping, index }] : [];
  });
  const problems: EltError[] = [];
  const withdrawn = [...landed].flatMap(([name, { request }]) =>
    wanted.has(name) || request.withdrawn === true ? [] : [{ name, request }],
  );
  const { runId, startedAt } = context;
  const landing = openLanding(
    { data, source, stream: "mappings", columns: COLUMNS, runId, startedAt, extractorVersion: 1 },
    { rename },
  );
  const land = async (name: string, request: object, rows: Iterable<Cells>) =>
    await landing.land(
      {
        requestKey: name,
        batchId: name,
        request: { ...request },
        status: null,
        outcome: "ok",
        attempt: 1,
        sourceUrl: "elt.yml",
        fetchedAt: now(),
      },
      rows,
    );
  try {
    for (const { mapping, index } of changed) {
      const mistakes = await mistakesOf(room, mapping, index);
      problems.push(...mistakes);
      if (mistakes.length === 0) await land(mapping.list_name, mapping, cells(mapping));
    }
    for (const { name, request } of withdrawn) {
      await land(name, { ...request, withdrawn: true }, [
        [name, null, "withdrawn", null, null, null],
      ]);
    }
  } finally {
    await landing.close();
  }
  if (problems.length === 1 && problems[0]) throw problems[0];
  if (problems.length > 0) throw new EltErrors("elt.yml names columns no register has", problems);
  return {
    rows: changed.length,
    amount: `${changed.length} ${changed.length === 1 ? "register" : "registers"} mapped`,
    unchanged: changed.length + withdrawn.length === 0,
  };
}

interface Mapping {
  readonly list_name: string;
  readonly source: string;
  readonly columns: Readonly<Record<string, string | undefined>>;
  readonly constants: Readonly<Record<string, string>>;
}

/** Lands as the request: equal texts are the same mapping. */
function mappingOf({ name, source = name, columns, state, country }: Register): Mapping {
  const constants = { ...(state ? { state } : {}), ...(country ? { country } : {}) };
  return { list_name: name, source, columns, constants };
}

function* cells({ list_name, source, columns, constants }: Mapping): Generator<Cells> {
  for (const field of new Set([...Object.keys(columns), ...Object.keys(constants)])) {
    yield [list_name, source, "discovery", field, columns[field] ?? null, constants[field] ?? null];
  }
}

async function mistakesOf(
  { name, profile, data }: RoomContext,
  { list_name, columns }: Mapping,
  index: number,
): Promise<EltError[]> {
  const known = await landedColumns(landedParts(data, name, "rows"), list_name);
  const section = profile.section("sources", name);
  if (known.length === 0 || !section) return [];
  return unknownColumns(columns, known).map(([field, column]) =>
    section.error(
      `${list_name} has no column "${column}" for ${field}${suggest(column, known)}`,
      `choose one of: ${known.join(", ")}`,
      ["registers", index, "columns", field],
    ),
  );
}
