import { z } from "zod";
import type { RunContext, StepFactory, StepResult } from "../engine/step.ts";
import type { TableLayout } from "./kit/manifest.ts";

const schema = z.string().min(1).max(63).default("leadhouse");

const settingsSchema = z.union([
  z.strictObject({
    /** A server of our own under the data folder; for the sandbox. */
    embedded: z.literal(true),
    schema,
    port: z.int().min(1).max(65535).optional(),
  }),
  z.strictObject({
    /** Name of the environment variable that holds `postgres://user:password@host:port/database`. */
    url_env: z.string(),
    schema,
  }),
]);

type Settings = z.output<typeof settingsSchema>;

/** The warehouse schema whose tables are published: all of them, known to this file or not. */
const PUBLISHED = "marts";

/** What the tables get besides their rows. A table not named here gets its first column as key, when that is one. */
const LAYOUTS: Readonly<Record<string, TableLayout>> = {
  hotels: { key: ["hotel_id"], indexes: [["state", "city"], ["score"]] },
  leads: { key: ["lead_id"], indexes: [["state", "city"], ["score"]] },
  booking_engines: { key: ["booking_engine_id"] },
  hotel_booking_engines: { key: ["hotel_id"], indexes: [["booking_engine_id"]] },
  people: { key: ["person_id"] },
  organizations: { key: ["organization_id"] },
  hotel_decision_makers: {
    key: ["decision_maker_id"],
    indexes: [["hotel_id"], ["person_id"], ["organization_id"]],
  },
  field_provenance: { key: ["provenance_id"], indexes: [["hotel_id"]] },
  market_stats: { indexes: [["market_id"]] },
};

export const step: StepFactory = ({ profile, name, path }) => {
  const section = profile.section("loaders", name);
  if (!section) return [];
  const settings = section.parse(settingsSchema);
  if ("url_env" in settings && !process.env[settings.url_env]) {
    throw section.error(
      `environment variable ${settings.url_env} is not set`,
      `set it to postgres://user:password@host:5432/database, or take loaders.${name} out`,
    );
  }
  return [
    {
      kind: "load",
      name,
      path,
      reads: Object.keys(LAYOUTS),
      writes: [],
      phase: "deliver",
      run: (context) => load(context, settings, name),
    },
  ];
};

async function load(context: RunContext, settings: Settings, name: string): Promise<StepResult> {
  const [{ readManifest }, { publish }, target] = await Promise.all([
    import("./kit/manifest.ts"),
    import("./kit/publish.ts"),
    openTarget(context, settings, name),
  ]);
  const manifest = await readManifest(context.warehouse, PUBLISHED, LAYOUTS);
  const { replaced, rows } = await publish(context, target, {
    from: PUBLISHED,
    to: settings.schema,
    manifest,
  });
  const { warnings } = manifest;
  if (replaced.length === 0) return { rows: 0, amount: "unchanged", unchanged: true, warnings };
  context.log("postgres.loaded", { target: target.place, schema: settings.schema, replaced, rows });
  const tables = `${replaced.length} table${replaced.length === 1 ? "" : "s"}`;
  return { rows, amount: `${tables}, ${rows.toLocaleString("en-US")} rows`, warnings };
}

async function openTarget(context: RunContext, settings: Settings, name: string) {
  const { targetOf } = await import("./kit/target.ts");
  if ("url_env" in settings) {
    return await targetOf(process.env[settings.url_env] ?? "", settings.url_env);
  }
  const { startEmbedded } = await import("./kit/embedded.ts");
  const server = await startEmbedded(context.data, { port: settings.port });
  return await targetOf(server.url ?? "", `loaders.${name}.embedded`);
}
