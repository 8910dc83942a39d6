import type { z } from "zod";
import type { RoomContext } from "../../engine/step.ts";
import { landedParts } from "../../engine/warehouse/landing-parts.ts";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import type { Effects } from "./effects.ts";
import { type ExtractorSpec, extractor, type Request, type SourceStep } from "./extractor.ts";

/** A source whose questions are found in the answers that an earlier stream of it has landed. */
export interface FollowingSpec<S extends z.ZodObject, R extends Request>
  extends Omit<ExtractorSpec<S, R>, "requests"> {
  /** Streams of the same source that must have been asked tonight before. */
  readonly follows: readonly string[];
  readonly requests: (settings: z.output<S>, known: Known) => Promise<readonly R[]>;
}

export interface Known {
  readonly root: string;
  /**
   * Rows of a query that reads streams of the source by their names, each with its envelope and the
   * columns given; one that never landed has no rows. The SQL begins behind `with`'s first tables.
   */
  readonly query: <T extends object = Row>(
    streams: Readonly<Record<string, readonly string[]>>,
    sql: string,
  ) => Promise<T[]>;
}

/** A step factory like `extractor`, for the second and later streams of a source. */
export function following<S extends z.ZodObject, R extends Request>(spec: FollowingSpec<S, R>) {
  const { follows, requests: find, ...rest } = spec;
  return (room: RoomContext, effects?: Partial<Effects>): SourceStep[] => {
    let found: readonly R[] = [];
    let settings: z.output<S> | undefined;
    const asking = extractor<S, R>({
      ...rest,
      requests: (given) => {
        settings = given;
        return found;
      },
    });
    const known: Known = {
      root: room.root,
      query: async (streams, sql) => {
        const tables = Object.entries(streams).map(([stream, columns]) =>
          tableOf(stream, columns, landedParts(room.data, room.name, stream)),
        );
        return await rowsOf(`with ${tables.join(", ")}${sql}`);
      },
    };
    return asking(room, effects).map((step) => {
      const prepare = async () => {
        step.source.requests();
        if (settings) found = await find(settings, known);
      };
      return {
        ...step,
        name: `${room.name}_${spec.stream}`,
        reads: follows.map((stream) => `${room.name}.${stream}`),
        source: { ...step.source, prepare },
        async run(context) {
          await prepare();
          return await step.run(context);
        },
      };
    });
  };
}

const ENVELOPE = ["outcome", "response", "request_key", "batch_id", "run_id", "fetched_at"];

function tableOf(stream: string, columns: readonly string[], parts: readonly string[]): string {
  const names = [...ENVELOPE, ...columns].map(quote);
  const from =
    parts.length === 0
      ? `(select ${names.map((name) => `null::varchar as ${name}`).join(", ")} where false)`
      : `read_parquet([${parts.map(literal).join(", ")}], union_by_name = true)`;
  return `${quote(stream)} as (select ${names.join(", ")} from ${from})`;
}

async function rowsOf<T extends object>(sql: string): Promise<T[]> {
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  const memory = await Warehouse.open(":memory:");
  try {
    return await memory.rows<T>(sql);
  } finally {
    memory.close();
  }
}
