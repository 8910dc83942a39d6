import { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { literal, quote } from "../warehouse/quote.ts";
import type { Column } from "../warehouse/warehouse.ts";
import type { Build } from "./build.ts";
import type { Compiled } from "./compile.ts";
import { asList, isMap } from "./config-tree.ts";
import { runPlaced } from "./execute.ts";
import type { ModelNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";

/** How a snapshot tells a changed row, and what its own columns are called. */
interface Plan {
  readonly keys: readonly string[];
  readonly updatedAt: string;
  readonly checked: readonly string[] | "all" | undefined;
  readonly deletes: "ignore" | "invalidate" | "new_record";
  /** What `dbt_valid_to` holds while a row is current. */
  readonly current: string;
  readonly name: Readonly<Record<Meta, string>>;
}

type Meta = "dbt_scd_id" | "dbt_updated_at" | "dbt_valid_from" | "dbt_valid_to" | "dbt_is_deleted";

/** The query of a first snapshot: each row, current from its time on. */
export function snapshotSelect(model: ModelNode, build: Pick<Build, "env">) {
  const plan = planOf(model, build);
  const { name } = plan;
  const deleted = plan.deletes === "new_record" ? `, 'False' as ${name.dbt_is_deleted}` : "";
  const scd = hashOf([...plan.keys, plan.updatedAt]);
  return {
    before: `select *, ${scd} as ${name.dbt_scd_id}, ${plan.updatedAt} as ${name.dbt_updated_at}, ${plan.updatedAt} as ${name.dbt_valid_from}, ${validTo(plan)} as ${name.dbt_valid_to}${deleted} from (\n`,
    after: "\n) as snapshot_query",
  };
}

/** Brings a snapshot up to date: closes rows that changed or went away, adds what is new. Runs inside the node's transaction. */
export async function takeSnapshot(
  model: ModelNode,
  compiled: Compiled,
  build: Build,
): Promise<void> {
  const { warehouse, env } = build;
  const plan = planOf(model, build);
  const target = relationSql(model.relation);
  const fresh = quote(`${model.relation.identifier}__elt_new`);
  const changed = quote(`${model.relation.identifier}__elt_changed`);
  const { before, after } = snapshotSelect(model, build);
  await runPlaced(warehouse, {
    compiled,
    before: `create or replace temporary table ${fresh} as ${before}`,
    after,
    root: env.project.root,
    at: () => ({ file: model.path, line: model.firstLine }),
  });
  const existing = await warehouse.describe(`select * from ${target}`);
  const incoming = await warehouse.describe(`select * from ${fresh}`);
  const known = new Set(existing.map((column) => column.name.toLowerCase()));
  const added = incoming.filter((column) => !known.has(column.name.toLowerCase()));
  for (const column of added) {
    await warehouse.run(`alter table ${target} add column ${quote(column.name)} ${column.type}`);
  }
  const columns = incoming.map((column) => quote(column.name)).join(", ");
  for (const sql of statements(plan, {
    target,
    fresh,
    changed,
    columns,
    incoming,
    added,
    now: nowOf(build),
  })) {
    await warehouse.run(sql);
  }
  await warehouse.run(`drop table ${fresh}; drop table ${changed}`);
}

interface Tables {
  readonly target: string;
  readonly fresh: string;
  readonly changed: string;
  readonly columns: string;
  readonly incoming: readonly Column[];
  readonly added: readonly Column[];
  readonly now: string;
}

function statements(plan: Plan, tables: Tables): string[] {
  const { target, fresh, changed, columns, now } = tables;
  const { name } = plan;
  const sameKey = plan.keys.map((key) => `n.${key} = o.${key}`).join(" and ");
  const isCurrent = `(o.${name.dbt_valid_to} is null or o.${name.dbt_valid_to} is not distinct from ${plan.current})`;
  const revived = plan.deletes === "new_record" ? ` or o.${name.dbt_is_deleted} = 'True'` : "";
  const list = [
    `create or replace temporary table ${changed} as
select n.*, o.${name.dbt_scd_id} as elt_replaced from ${fresh} as n
left join ${target} as o on ${sameKey} and ${isCurrent}
where o.${name.dbt_scd_id} is null or ${rowChanged(plan, tables)}${revived}`,
    `update ${target} as o set ${name.dbt_valid_to} = c.${name.dbt_updated_at} from ${changed} as c
where o.${name.dbt_scd_id} = c.elt_replaced and ${isCurrent}`,
  ];
  if (plan.deletes !== "ignore") {
    const gone = `${isCurrent} and not exists (select 1 from ${fresh} as n where ${sameKey})`;
    if (plan.deletes === "new_record") {
      const alive = `${gone} and o.${name.dbt_is_deleted} <> 'True'`;
      const replaced = [
        `${hashOf([`o.${name.dbt_scd_id}`, now])} as ${name.dbt_scd_id}`,
        `${now} as ${name.dbt_updated_at}`,
        `${now} as ${name.dbt_valid_from}`,
        `'True' as ${name.dbt_is_deleted}`,
      ];
      list.push(
        `create or replace temporary table elt_gone as select o.* replace (${replaced.join(", ")}), o.${name.dbt_scd_id} as elt_replaced from ${target} as o where ${alive}`,
        `update ${target} as o set ${name.dbt_valid_to} = ${now} from elt_gone as g where o.${name.dbt_scd_id} = g.elt_replaced and ${isCurrent}`,
        `insert into ${target} by name select * exclude (elt_replaced) from elt_gone`,
        "drop table elt_gone",
      );
    } else {
      list.push(`update ${target} as o set ${name.dbt_valid_to} = ${now} where ${gone}`);
    }
  }
  list.push(`insert into ${target} (${columns}) select ${columns} from ${changed}`);
  return list;
}

function rowChanged({ checked, name }: Plan, { incoming, added }: Tables): string {
  if (checked === undefined) return `o.${name.dbt_valid_from} < n.${name.dbt_updated_at}`;
  const own = new Set(Object.values(name).map((each) => each.toLowerCase()));
  const all = incoming.map((column) => column.name).filter((each) => !own.has(each.toLowerCase()));
  const wanted = checked === "all" ? all : checked;
  const isNew = added.some((column) =>
    wanted.some((each) => each.toLowerCase() === column.name.toLowerCase()),
  );
  if (isNew) return "true";
  return `(${wanted.map((each) => `o.${quote(each)} is distinct from n.${quote(each)}`).join(" or ")})`;
}

function planOf(model: ModelNode, build: Pick<Build, "env">): Plan {
  const { config } = model;
  const fail = (message: string): never => {
    throw new EltError(`snapshot "${model.name}": ${message}`, {
      file: model.path,
      line: model.firstLine,
    });
  };
  const strategy = String(config.strategy ?? fail("has no strategy"));
  if (strategy !== "timestamp" && strategy !== "check") {
    fail(`unknown strategy "${strategy}"${suggest(strategy, ["timestamp", "check"])}`);
  }
  const keys = asList(config.unique_key).map(String);
  if (keys.length === 0) fail("has no unique_key");
  const updatedAt = config.updated_at === undefined ? undefined : String(config.updated_at);
  if (strategy === "timestamp" && updatedAt === undefined) fail("has no updated_at");
  if (strategy === "check" && config.check_cols === undefined) fail("has no check_cols");
  const written =
    config.hard_deletes ?? (config.invalidate_hard_deletes === true ? "invalidate" : "ignore");
  const deletes = (["ignore", "invalidate", "new_record"] as const).find(
    (each) => each === written,
  );
  const names = isMap(config.snapshot_meta_column_names) ? config.snapshot_meta_column_names : {};
  const called = (meta: Meta): string => String(names[meta] ?? meta);
  return {
    keys,
    updatedAt: updatedAt ?? nowOf(build),
    checked:
      strategy === "timestamp"
        ? undefined
        : config.check_cols === "all"
          ? "all"
          : asList(config.check_cols).map(String),
    deletes: deletes ?? fail(`unknown hard_deletes "${String(written)}"`),
    current: config.dbt_valid_to_current ? String(config.dbt_valid_to_current) : "null",
    name: {
      dbt_scd_id: called("dbt_scd_id"),
      dbt_updated_at: called("dbt_updated_at"),
      dbt_valid_from: called("dbt_valid_from"),
      dbt_valid_to: called("dbt_valid_to"),
      dbt_is_deleted: called("dbt_is_deleted"),
    },
  };
}

/** Null of the type of the row's time, unless the config names a far future. */
function validTo({ updatedAt, current }: Plan): string {
  const open = `nullif(${updatedAt}, ${updatedAt})`;
  return current === "null" ? open : `coalesce(${open}, ${current})`;
}

function hashOf(parts: readonly string[]): string {
  return `md5(${parts.map((part) => `coalesce(cast(${part} as varchar), '')`).join(" || '|' || ")})`;
}

/** The run's clock: a snapshot of the same night is the same. */
function nowOf({ env }: Pick<Build, "env">): string {
  return `${literal(env.startedAt.toISOString().replace("T", " ").replace("Z", ""))}::timestamp`;
}
