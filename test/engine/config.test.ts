import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { loadProfile } from "../../engine/config.ts";
import { EltError, EltErrors } from "../../engine/errors.ts";

const HEAD = `default_profile: sandbox
contact: { url: https://example.com, email: ops@example.com }
profiles:
`;

function project(text: string): string {
  const root = mkdtempSync(join(tmpdir(), "leadhouse-config-"));
  writeFileSync(join(root, "elt.yml"), text);
  return root;
}

function caught(action: () => unknown): EltError {
  try {
    action();
  } catch (error) {
    if (error instanceof EltError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

afterEach(() => {
  delete process.env.LEADHOUSE_TEST_FOLDER;
});

test("three mistakes of a file are reported together, each with its line", () => {
  const root = project(`default_profile: sandbox
contact: { url: nowhere, email: ops@example.com }
profils: {}
profiles:
  sandbox:
    vars: 3
`);
  const error = caught(() => loadProfile(root));
  expect(error).toBeInstanceOf(EltErrors);
  expect((error as EltErrors).errors.map((each) => each.place).sort()).toEqual([
    "elt.yml:2:12",
    "elt.yml:3:1",
    "elt.yml:6:5",
  ]);
  expect(error.details.exitCode).toBe(2);
});

test("a room's own schema reports every mistake of its section with file and line", () => {
  const root = project(`${HEAD}  sandbox:
    sources:
      osm:
        url: not a url
        areas: many
        speed: 9
`);
  const section = loadProfile(root).section("sources", "osm");
  const schema = z.strictObject({ url: z.url(), areas: z.array(z.string()) });
  const error = caught(() => section?.parse(schema)) as EltErrors;
  expect(error.errors.map((each) => each.place).sort()).toEqual([
    "elt.yml:7:9",
    "elt.yml:8:9",
    "elt.yml:9:9",
  ]);
});

test("an environment variable in a setting is put in; a missing one is named with its line", () => {
  const root = project(`${HEAD}  sandbox:
    sources:
      files:
        path: \${LEADHOUSE_TEST_FOLDER}/a.csv
`);
  const section = loadProfile(root).section("sources", "files");
  const schema = z.object({ path: z.string() });
  const error = caught(() => section?.parse(schema)) as EltErrors;
  expect(error.errors[0]?.message).toBe("environment variable LEADHOUSE_TEST_FOLDER is not set");
  expect(error.errors[0]?.place).toBe("elt.yml:7:9");
  process.env.LEADHOUSE_TEST_FOLDER = "/tmp/x";
  expect(section?.parse(schema)).toEqual({ path: "/tmp/x/a.csv" });
});

test("a profile that needs a folder says so in one line", () => {
  const root = project(`${HEAD}  sandbox:
    requires: { LEADHOUSE_TEST_FOLDER: the folder with the files }
`);
  const error = caught(() => loadProfile(root).demand());
  expect(error.message).toBe(
    "profile sandbox needs LEADHOUSE_TEST_FOLDER: the folder with the files",
  );
  expect(error.details.exitCode).toBe(2);
});

test("an unknown profile suggests the one that was meant", () => {
  const root = project(`${HEAD}  sandbox: {}\n`);
  expect(caught(() => loadProfile(root, "sandbx")).message).toBe(
    'unknown profile "sandbx" — did you mean "sandbox"?',
  );
});

test("YAML that cannot be read is reported with its line", () => {
  const root = project("default_profile: [\nprofiles: {}\n");
  expect((caught(() => loadProfile(root)) as EltErrors).errors[0]?.place).toMatch(/^elt\.yml:\d/);
});
