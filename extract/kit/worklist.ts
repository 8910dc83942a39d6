import { existsSync } from "node:fs";
import type { z } from "zod";
import type { RoomContext } from "../../engine/step.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import type { Effects } from "./effects.ts";
import { type ExtractorSpec, extractor, type Request, type SourceStep } from "./extractor.ts";

/** An enrichment layer: what it asks stands in a worklist, one row a request. */
export interface LayerSpec<S extends z.ZodObject, R extends Request, W extends WorklistRow>
  extends Omit<ExtractorSpec<S, R>, "requests"> {
  /** The model `models/worklists/<name>.sql`: `request_key`, `priority` (1 first) and what the source needs. */
  readonly worklist: string;
  readonly request: (row: W, settings: z.output<S>) => R;
}

export interface WorklistRow {
  readonly request_key: string;
}

/**
 * A step factory like `extractor`, for a source that is asked about what the warehouse holds. The model
 * says what is wanted, what has landed says what of it is fresh: a run that was killed reads both again,
 * and that is the whole checkpoint.
 */
export function layer<S extends z.ZodObject, R extends Request, W extends WorklistRow>(
  spec: LayerSpec<S, R, W>,
) {
  const { worklist, request, ...rest } = spec;
  const sql = `select * from worklists.${quote(worklist)} order by priority, request_key`;
  return (room: RoomContext, effects?: Partial<Effects>): SourceStep[] => {
    let rows: readonly W[] = [];
    const asking = extractor<S, R>({
      ...rest,
      requests: (settings) => rows.map((row) => request(row, settings)),
    });
    return asking(room, effects).map((step) => ({
      ...step,
      name: `${room.name}_${spec.stream}`,
      reads: [worklist],
      source: {
        ...step.source,
        async prepare() {
          rows = await publishedRows<W>(room.data, sql, worklist);
        },
      },
      async run(context) {
        rows = await context.warehouse.aside<W>(sql);
        return await step.run(context);
      },
    }));
  };
}

/** The worklist as the last run left it: before the first one nobody knows what would be asked. */
async function publishedRows<W>(data: string, sql: string, worklist: string): Promise<W[]> {
  const { openPublished, publishedPath } = await import("../../engine/publish.ts");
  if (!existsSync(publishedPath(data))) return [];
  const { warehouse, discard } = await openPublished(data);
  try {
    const known = await warehouse.first(
      "select 1 from duckdb_tables() where schema_name = 'worklists' and table_name = $worklist",
      { worklist },
    );
    return known ? await warehouse.rows<W & object>(sql) : [];
  } finally {
    await discard([]);
  }
}
