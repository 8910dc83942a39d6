import { z } from "zod";
import { type EltError, EltErrors } from "../../engine/errors.ts";
import type { RoomContext, RunContext, Step, StepResult } from "../../engine/step.ts";
import { suggest } from "../../engine/suggest.ts";
import type { Cells } from "../../engine/warehouse/landing.ts";
import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { landedParts, partsFingerprint } from "../../engine/warehouse/landing-parts.ts";
import { type Effects, realEffects } from "./effects.ts";
import { type ImportList, importKey, importsSchema } from "./imports.ts";
import { landedColumns } from "./landed-columns.ts";

const COLUMNS = ["list_name", "source", "purpose", "field", "column_name", "constant"];

/**
 * Lands which column of which batch is which field, whenever `elt.yml` or the batches changed. A batch
 * whose list is gone or was replaced lands as withdrawn: one row without a field.
 */
export function mappingStep(room: RoomContext, given?: Partial<Effects>): Step[] {
  const { profile, name, path, data } = room;
  const section = profile.section("sources", name);
  if (!section) return [];
  const { imports } = section.parse(z.object(importsSchema.shape));
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
      run: (context) => landMappings(room, imports, { context, ...realEffects, ...given }),
    },
  ];
}

async function landMappings(
  room: RoomContext,
  imports: readonly ImportList[],
  { context, now, rename }: Effects & { readonly context: RunContext },
): Promise<StepResult> {
  const { requestHistory } = await import("../../engine/warehouse/landing-history.ts");
  const { openLanding } = await import("../../engine/warehouse/landing.ts");
  const { data, name: source } = room;
  const batches = await requestHistory(data, source, "rows", 1);
  const landed = await requestHistory(data, source, "mappings", 1);
  const { changed, withdrawn } = compare(imports, batches, landed);
  const problems: EltError[] = [];
  const { runId, startedAt } = context;
  const landing = openLanding(
    { data, source, stream: "mappings", columns: COLUMNS, runId, startedAt, extractorVersion: 1 },
    { rename },
  );
  const land = async (batchId: string, request: object, rows: Iterable<Cells>) =>
    await landing.land(
      {
        requestKey: batchId,
        batchId,
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
    for (const [batchId, mapping] of changed) {
      const mistakes = await unknownColumns(room, batchId, mapping);
      problems.push(...mistakes);
      if (mistakes.length === 0) await land(batchId, mapping.request, cells(mapping));
    }
    for (const [batchId, mapping] of withdrawn) {
      const row = [String(mapping.list_name), null, "withdrawn", null, null, null];
      await land(batchId, { ...mapping, withdrawn: true }, [row]);
    }
  } finally {
    await landing.close();
  }
  if (problems.length === 1 && problems[0]) throw problems[0];
  if (problems.length > 0) throw new EltErrors("elt.yml names columns no list has", problems);
  return {
    rows: changed.length,
    amount: `${changed.length} ${changed.length === 1 ? "list" : "lists"} mapped`,
    unchanged: changed.length + withdrawn.length === 0,
  };
}

function compare(
  imports: readonly ImportList[],
  batches: ReadonlyMap<string, RequestHistory>,
  landed: ReadonlyMap<string, RequestHistory>,
) {
  const wanted = new Map(
    imports.flatMap((list, index) => {
      const batchId = batches.get(importKey(list))?.batchId;
      return batchId === undefined ? [] : [[batchId, mappingOf(list, index)] as const];
    }),
  );
  const changed = [...wanted].filter(
    ([batchId, { request }]) =>
      JSON.stringify(landed.get(batchId)?.request) !== JSON.stringify(request),
  );
  const withdrawn = [...landed].flatMap(([batchId, { request }]) =>
    wanted.has(batchId) || request.withdrawn === true ? [] : [[batchId, request] as const],
  );
  return { changed, withdrawn };
}

interface Mapping {
  /** Place among the imports of `elt.yml`. */
  readonly index: number;
  /** Lands as the request: equal texts are the same mapping. */
  readonly request: {
    readonly list_name: string;
    readonly source: string;
    readonly purpose: string;
    readonly columns: Readonly<Record<string, string | undefined>>;
    readonly constants: Readonly<Record<string, string>>;
  };
}

function mappingOf(list: ImportList, index: number): Mapping {
  const { name, source = name, purpose, columns, state, country } = list;
  const constants = { ...(state ? { state } : {}), ...(country ? { country } : {}) };
  return { index, request: { list_name: name, source, purpose, columns, constants } };
}

function* cells({ request }: Mapping): Generator<Cells> {
  const { list_name, source, purpose, columns, constants } = request;
  for (const field of new Set([...Object.keys(columns), ...Object.keys(constants)])) {
    yield [list_name, source, purpose, field, columns[field] ?? null, constants[field] ?? null];
  }
}

async function unknownColumns(
  { name, profile, data }: RoomContext,
  batchId: string,
  { index, request }: Mapping,
): Promise<EltError[]> {
  const known = await landedColumns(landedParts(data, name, "rows"), batchId);
  if (known.length === 0) return [];
  const section = profile.section("sources", name);
  return Object.entries(request.columns).flatMap(([field, column]) => {
    if (!section || column === undefined || known.includes(column)) return [];
    return section.error(
      `${request.list_name} has no column "${column}" for ${field}${suggest(column, known)}`,
      `choose one of: ${known.join(", ")}`,
      ["imports", index, "columns", field],
    );
  });
}
