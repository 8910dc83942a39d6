import type { AutoMade, Leftover } from "./auto.ts";

const FILES: Readonly<Record<Leftover["how"], string>> = {
  date: "date",
  number: "number",
  exactText: "exact-text",
  freeText: "free-text",
};

/** The spec as a TypeScript file to edit; `matchers` is the folder's path as that file will say it. */
export function specText({ spec, guess, also }: AutoMade, matchers: string): string {
  const { shape, roles } = guess;
  const kinds = [...new Set(also.map(({ how }) => how))].sort();
  const columns = Object.entries(roles).map(
    ([role, column]) => `    ${role}: ${JSON.stringify(column)},`,
  );
  const others = also.map(({ column, how }) => {
    const name = JSON.stringify(`also_${column}`.replace(/[^\p{L}\p{N}]+/gu, "_").toLowerCase());
    const sql = JSON.stringify(`"${column.replaceAll('"', '""')}"::varchar`);
    return `    ${how}(${name}, { sql: ${sql}, label: ${JSON.stringify(column)} }),`;
  });
  return [
    ...kinds.map((how) => `import { ${how} } from "${matchers}/comparisons/${FILES[how]}.ts";`),
    `import { ${shape} } from "${matchers}/kit/shapes/${shape}.ts";`,
    "",
    `export const spec = ${shape}({`,
    "  columns: {",
    ...columns,
    "  },",
    ...(others.length > 0 ? ["  also: [", ...others, "  ],"] : []),
    ...(spec.linkType ? [`  linkType: ${JSON.stringify(spec.linkType)},`] : []),
    ...(Array.isArray(spec.registers) ? [`  registers: ${JSON.stringify(spec.registers)},`] : []),
    "});",
    "",
  ].join("\n");
}
