import { readFileSync } from "node:fs";
import type { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { listFiles, type Package } from "./project.ts";
import { blocksOf, parseTemplate, renderTemplate } from "./template/template.ts";
import { fn, str, type Value } from "./template/values.ts";

/** The texts of `{% docs %}` blocks, by `package.name`. */
export type Docs = ReadonlyMap<string, string>;

export function readDocs(packages: readonly Package[], base: string, errors: EltError[]): Docs {
  const docs = new Map<string, string>();
  for (const owner of packages) {
    const kind = owner.paths.docs.length > 0 ? "docs" : "all";
    for (const file of listFiles(owner, kind, [".md"], base)) {
      const text = readFileSync(file.absolute, "utf8");
      if (!text.includes("{%")) continue;
      try {
        for (const block of blocksOf(parseTemplate(text, { file: file.path }))) {
          if (block.kind !== "docs") continue;
          const body = renderTemplate(block.body, { globals: new Map(), undefined: "lenient" });
          docs.set(`${owner.name}.${block.name}`, body.text.trim());
        }
      } catch (error) {
        errors.push(error as EltError);
      }
    }
  }
  return docs;
}

/** `doc('name')` as descriptions use it. */
export function docFunction(docs: Docs, packageName: string): Value {
  return fn("doc", (args, _, site) => {
    const names = args.map(str);
    const wanted = names.length > 1 ? names.join(".") : `${packageName}.${names[0] ?? ""}`;
    const found =
      docs.get(wanted) ?? [...docs].find(([key]) => key.endsWith(`.${names.at(-1)}`))?.[1];
    if (found !== undefined) return found;
    const known = [...docs.keys()].map((key) => key.split(".").at(-1) ?? key);
    const name = names.at(-1) ?? "";
    return site.fail(`unknown docs block '${name}'${suggest(name, known)}`);
  });
}
