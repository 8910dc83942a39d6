import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const texts = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs")).map((f) => `docs/${f}`),
]
  .filter((file) => file.endsWith(".md"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

test("every command is documented", () => {
  const commands = readdirSync(join(root, "bin/commands"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  expect(commands.filter((name) => !texts.includes(`elt ${name}`))).toEqual([]);
});

test("every room is documented", () => {
  const rooms = [
    "engine",
    "extract",
    "models",
    "seeds",
    "matchers",
    "loaders",
    "exports",
    "sandbox",
  ];
  expect(rooms.filter((name) => !texts.includes(`${name}/`))).toEqual([]);
});

test("every source, destination and workbook is documented", () => {
  const files = ["extract", "loaders", "exports", "matchers"].flatMap((room) =>
    readdirSync(join(root, room))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file.slice(0, -3)),
  );
  expect(files.filter((name) => !texts.includes(name))).toEqual([]);
});

test("a link in the documents leads to a file", () => {
  const links = [...texts.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(
    (match) => match[1] ?? "",
  );
  const missing = links.filter((link) => {
    const candidates = [join(root, link), join(root, "docs", link)];
    return !candidates.some((path) => statSync(path, { throwIfNoEntry: false }));
  });
  expect(missing).toEqual([]);
});
