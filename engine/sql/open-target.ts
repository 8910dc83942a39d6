import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EltError, messageOf } from "../errors.ts";
import { literal, quote } from "../warehouse/quote.ts";
import { Warehouse } from "../warehouse/warehouse.ts";
import type { Target } from "./target.ts";

/** Opens the database a `profiles.yml` names, with its settings, extensions and attachments. */
export async function openTarget(target: Target, root: string): Promise<Warehouse> {
  const warehouse = await Warehouse.open(target.path);
  try {
    await warehouse.run(`set file_search_path = ${literal(root)}`);
    for (const name of target.extensions) await load(warehouse, name);
    for (const [key, value] of Object.entries(target.settings)) {
      await warehouse.run(`set ${key} = ${literal(value)}`);
    }
    for (const { path, alias, type, readOnly } of target.attach) {
      const local = existsSync(resolve(root, path)) || !/^\w+:/.test(path);
      const options = [type && `type ${type}`, readOnly && "read_only"].filter(Boolean).join(", ");
      await warehouse.run(
        `attach if not exists ${literal(local ? resolve(root, path) : path)}${alias ? ` as ${quote(alias)}` : ""}${options ? ` (${options})` : ""}`,
      );
    }
    return warehouse;
  } catch (error) {
    warehouse.close();
    if (error instanceof EltError) throw error;
    throw new EltError(
      `target "${target.name}" cannot be opened: ${messageOf(error).split("\n")[0]}`,
      {
        cause: error,
        exitCode: 2,
      },
    );
  }
}

async function load(warehouse: Warehouse, name: string): Promise<void> {
  try {
    await warehouse.run(`load ${name}`);
  } catch (cause) {
    throw new EltError(`extension "${name}" is not on this computer`, {
      cause,
      hint: `install it once with DuckDB: install ${name}`,
      exitCode: 2,
    });
  }
}
