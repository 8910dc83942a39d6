import { readFileSync } from "node:fs";
import { type Draft, draftText, type Setting } from "./drafts.ts";
import { errorIn } from "./edges.ts";
import { listFiles, type Package } from "./project.ts";
import type { Patch, Properties } from "./properties.ts";
import { blocksOf, parseTemplate } from "./template/template.ts";

/** Snapshots: the `{% snapshot %}` blocks of a package, and the ones its YAML makes from a relation. */
export function draftSnapshots(owner: Package, properties: Properties, setting: Setting): Draft[] {
  const drafts: Draft[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      setting.errors.push(errorIn(error));
    }
  };
  const patches = new Map(properties.snapshots.map((patch) => [patch.name, patch]));
  const written = new Set<string>();
  for (const file of listFiles(owner, "snapshot", [".sql"], setting.base)) {
    attempt(() => {
      const text = readFileSync(file.absolute, "utf8");
      for (const block of blocksOf(parseTemplate(text, { file: file.path }))) {
        if (block.kind !== "snapshot") continue;
        written.add(block.name);
        const options = { file, name: block.name, kind: "snapshot", line: block.line } as const;
        const patch = patches.get(block.name);
        drafts.push(draftText({ ...options, written: inside(block.text), patch }, setting));
      }
    });
  }
  for (const patch of patches.values()) {
    if (!written.has(patch.name)) attempt(() => drafts.push(fromYaml(patch, setting)));
  }
  return drafts;
}

/** What stands between the tags of a block; lines stay where they are. */
function inside(block: string): string {
  return block
    .replace(/^\{%[-+]?\s*snapshot\b.*?%\}/s, "")
    .replace(/\{%[-+]?\s*endsnapshot\s*[-+]?%\}\s*$/, "");
}

function fromYaml(patch: Patch, setting: Setting): Draft {
  const { relation } = patch.raw;
  if (typeof relation !== "string") {
    throw patch.file.error(
      `snapshot "${patch.name}" has no relation`,
      patch.path,
      "add relation: ref('…'), or write it as a block",
    );
  }
  const line = patch.file.place(patch.path).line;
  const written = `select * from {{ ${relation} }}`;
  const { source: file, name } = patch;
  return draftText({ file, name, kind: "snapshot", written, line, patch }, setting);
}
