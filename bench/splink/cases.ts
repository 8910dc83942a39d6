import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { PERSON_COLUMNS, SETS } from "../scoreboard/sets.ts";
import { generatedInput, type Input, labelledInput } from "./inputs.ts";

/** Records to be matched, and the settings Splink's authors gave for such records. */
export interface Case {
  readonly name: string;
  /** Name of the settings in settings.py. */
  readonly settings: string;
  /** Standard column → column of the set. */
  readonly columns: Readonly<Record<string, string>>;
  readonly across: boolean;
  /** The set has the columns of Splink's demo: leadhouse runs its rules and levels, too. */
  readonly demo: boolean;
  /** Splink runs our rules and levels, too. */
  readonly express: boolean;
  /** Both engines score with one model, and every weight is compared. */
  readonly parity: boolean;
  /** One of several sizes of the same data. */
  readonly grows?: boolean;
  /** Column of the settings that the records lack: SQL that reads them. */
  readonly prepare?: string;
  readonly input: (warehouse: Warehouse, folder: string) => Promise<Input>;
}

const GENERATED_ENTITIES = 6000;
const PREPARE = "select *, first_name || ' ' || surname as first_name_surname_concat";

const KNOWN: readonly { readonly set: string; readonly settings: string }[] = [
  { set: "splink_fake_1000", settings: "fake_1000" },
  { set: "febrl3", settings: "febrl3" },
  { set: "febrl4", settings: "febrl4" },
];

/** The cases there are data for: persons made up here always, labelled sets where their folder is. */
export function casesOf(
  folder: string | undefined,
  { copies }: { readonly copies: readonly number[] },
): readonly Case[] {
  const historical = columnsOf("splink_historical_50k");
  const demo = { settings: "historical", across: false, demo: true, prepare: PREPARE };
  const cases: Case[] = [
    {
      ...demo,
      name: "persons",
      columns: historical,
      express: true,
      parity: true,
      input: (warehouse, to) =>
        generatedInput(warehouse, {
          entities: GENERATED_ENTITIES,
          folder: made(join(to, "persons")),
        }),
    },
  ];
  if (folder === undefined || !existsSync(folder)) {
    console.log("no labelled sets: name their folder, or set LEADHOUSE_ER; persons are made up");
    return cases;
  }
  const from = (set: string, many: number, name: string): Case["input"] => {
    return (warehouse, to) =>
      labelledInput(warehouse, {
        set: join(folder, set),
        copies: many,
        folder: made(join(to, name)),
      });
  };
  for (const { set, settings } of KNOWN) {
    cases.push({
      name: set,
      settings,
      columns: columnsOf(set),
      across: SETS.find(({ name }) => name === set)?.across ?? false,
      demo: false,
      express: true,
      parity: true,
      input: from(set, 1, set),
    });
  }
  for (const many of copies) {
    const name = `historical_50k ×${many}`;
    cases.push({
      ...demo,
      name,
      columns: historical,
      grows: true,
      express: many === 1,
      parity: many === 1,
      input: from("splink_historical_50k", many, name),
    });
  }
  return cases;
}

function columnsOf(set: string): Readonly<Record<string, string>> {
  return PERSON_COLUMNS[set] ?? {};
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}
