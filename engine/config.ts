import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isCollection, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { EltError, EltErrors } from "./errors.ts";
import { suggest } from "./suggest.ts";

const ENV_REFERENCE = /\$\{([A-Z0-9_]+)\}/g;

/** Rooms whose files are switched on by being named under the same word in a profile. */
const ROOM_SECTIONS = ["sources", "loaders", "exports"] as const;
export type RoomSection = (typeof ROOM_SECTIONS)[number];

const profileSchema = z.strictObject({
  /** Where the profile keeps everything it makes: two worlds never share a landing. */
  data: z.string().min(1).default("data"),
  /** Environment variables the profile cannot do without, each with what it is. */
  requires: z.record(z.string(), z.string()).default({}),
  /** The small world on loopback; absent where the real one is asked. */
  sandbox: z.unknown().optional(),
  /** What all sources together may take; read by the extractors' kit. */
  budget: z.unknown().optional(),
  /** Overrides of the models' vars. */
  vars: z.record(z.string(), z.unknown()).default({}),
  sources: z.record(z.string(), z.unknown()).default({}),
  loaders: z.record(z.string(), z.unknown()).default({}),
  exports: z.record(z.string(), z.unknown()).default({}),
});

const fileSchema = z.strictObject({
  default_profile: z.string(),
  /** Who we say we are to the outside: part of the User-Agent. */
  contact: z.strictObject({ url: z.url(), email: z.email() }),
  profiles: z.record(z.string(), profileSchema),
});

/** One profile of `elt.yml`: which sources run, their limits, where results go. */
export interface Profile {
  readonly name: string;
  /** The data folder, relative to the project. */
  readonly data: string;
  readonly contact: { readonly url: string; readonly email: string };
  readonly vars: Readonly<Record<string, unknown>>;
  readonly sandbox: Section | undefined;
  readonly budget?: Section | undefined;
  /** Throws when an environment variable is missing that the profile's sources cannot do without. */
  demand(): void;
  /** The settings of one room's file, or nothing when the profile does not name it. */
  section(room: RoomSection, name: string): Section | undefined;
  /** The names a profile uses under a room, with their places. */
  sections(room: RoomSection): ReadonlyMap<string, Section>;
}

/**
 * A part of `elt.yml` that a room reads with its own schema.
 * `${NAME}` in a text is replaced by the environment variable when the section is parsed.
 */
export class Section {
  readonly value: unknown;
  readonly #document: ConfigDocument;
  readonly #path: readonly (string | number)[];

  constructor(value: unknown, document: ConfigDocument, path: readonly (string | number)[]) {
    this.value = value;
    this.#document = document;
    this.#path = path;
  }

  /** The section checked by a schema; throws every mistake at once, each with file and line. */
  parse<S extends z.ZodType>(schema: S): z.output<S> {
    const problems: EltError[] = [];
    const value = this.#expand(this.value, this.#path, problems);
    const result = schema.safeParse(value ?? {});
    if (!result.success) problems.push(...this.#document.problems(result.error, this.#path));
    if (problems.length > 0) throw new EltErrors("elt.yml has mistakes", problems);
    return result.data as z.output<S>;
  }

  /** An error about this section, or about what lies at a path inside it. */
  error(message: string, hint?: string, at: readonly (string | number)[] = []): EltError {
    const place = this.#document.place([...this.#path, ...at]);
    return new EltError(message, { ...place, hint, exitCode: 2 });
  }

  #expand(value: unknown, path: readonly (string | number)[], problems: EltError[]): unknown {
    if (typeof value === "string") {
      return value.replaceAll(ENV_REFERENCE, (_, name: string) => {
        const text = process.env[name];
        if (text === undefined || text === "") {
          problems.push(
            new EltError(`environment variable ${name} is not set`, {
              ...this.#document.place(path),
              hint: `set ${name}, or take it out of ${path.join(".")}`,
              exitCode: 2,
            }),
          );
        }
        return text ?? "";
      });
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.#expand(item, [...path, index], problems));
    }
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          this.#expand(item, [...path, key], problems),
        ]),
      );
    }
    return value;
  }
}

/** Reads `elt.yml` and one of its profiles. All mistakes of the file are reported together. */
export function loadProfile(root: string, name?: string): Profile {
  const document = readDocument(root);
  const parsed = fileSchema.safeParse(document.value);
  if (!parsed.success) {
    throw new EltErrors("elt.yml has mistakes", document.problems(parsed.error, []));
  }
  const chosen = name ?? parsed.data.default_profile;
  const profile = parsed.data.profiles[chosen];
  if (!profile) {
    const names = Object.keys(parsed.data.profiles);
    throw new EltError(`unknown profile "${chosen}"${suggest(chosen, names)}`, {
      ...document.place(name ? ["profiles"] : ["default_profile"]),
      hint: `choose one of: ${names.join(", ")}`,
      exitCode: 2,
    });
  }
  const sections = new Map(
    ROOM_SECTIONS.map((room) => [
      room,
      new Map(
        Object.entries(profile[room]).map(([key, value]) => [
          key,
          new Section(value, document, ["profiles", chosen, room, key]),
        ]),
      ),
    ]),
  );
  const part = (key: "sandbox" | "budget") =>
    profile[key] === undefined
      ? undefined
      : new Section(profile[key], document, ["profiles", chosen, key]);
  return {
    name: chosen,
    data: profile.data,
    contact: parsed.data.contact,
    vars: profile.vars,
    sandbox: part("sandbox"),
    budget: part("budget"),
    demand() {
      for (const [variable, meaning] of Object.entries(profile.requires)) {
        if (process.env[variable]) continue;
        throw new EltError(`profile ${chosen} needs ${variable}: ${meaning}`, {
          ...document.place(["profiles", chosen, "requires", variable]),
          hint: `run it as ${variable}=… npx elt run --profile ${chosen}`,
          exitCode: 2,
        });
      }
    },
    section: (room, key) => sections.get(room)?.get(key),
    sections: (room) => sections.get(room) ?? new Map(),
  };
}

type ConfigDocument = ReturnType<typeof readDocument>;

function readDocument(root: string) {
  const path = join(root, "elt.yml");
  const file = relative(root, path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new EltError(`no elt.yml in ${root}`, {
      cause,
      hint: "run elt in a leadhouse project, or point at a dbt project with --project-dir",
      exitCode: 2,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    throw new EltErrors(
      "elt.yml cannot be read",
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        const message = error.message.split(" at line ")[0] ?? error.message;
        return new EltError(message, { file, line, column: col, exitCode: 2 });
      }),
    );
  }

  /** The nearest written place of a path: of the value, else of the key that holds it. */
  function place(path: readonly (string | number)[]) {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined;
      const offset = keyOffset(path.slice(0, length)) ?? node?.range?.[0];
      if (offset !== undefined) {
        const { line, col } = lines.linePos(offset);
        return { file, line, column: col };
      }
    }
    return { file };
  }

  function keyOffset(path: readonly (string | number)[]): number | undefined {
    const parent = document.getIn(path.slice(0, -1), true);
    if (path.length === 0 || !isCollection(parent)) return undefined;
    for (const item of parent.items) {
      const key = (item as { key?: unknown }).key;
      if (isScalar(key) && key.value === path.at(-1)) return key.range?.[0];
    }
    return undefined;
  }

  function problems(error: z.ZodError, base: readonly (string | number)[]): EltError[] {
    return error.issues.flatMap((issue) => {
      const path = [...base, ...(issue.path as (string | number)[])];
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map(
          (key) =>
            new EltError(`unknown setting "${key}" in ${path.join(".") || "elt.yml"}`, {
              ...place([...path, key]),
              exitCode: 2,
            }),
        );
      }
      const message = `${path.join(".")}: ${issue.message}`;
      return [new EltError(message, { ...place(path), exitCode: 2 })];
    });
  }

  return { value: document.toJS() as unknown, place, problems };
}
