import { parseExpression } from "./expressions.ts";
import type { MacroNode, Parameter, Statement } from "./nodes.ts";
import type { Parser } from "./parser.ts";

/** `macro` and the blocks dbt adds to Jinja. */
export function parseDbtBlock(
  parser: Parser,
  tag: "macro" | "test" | "materialization" | "snapshot" | "docs",
  start: number,
): Statement {
  const stream = parser.stream;
  stream.next();
  const name = stream.expectName().text;
  switch (tag) {
    case "macro":
    case "test": {
      const parameters = parser.parameters();
      const body = parser.wholeBody(`end${tag}`);
      const macroName = tag === "test" ? `test_${name}` : name;
      const end = stream.end;
      return {
        type: "macro",
        kind: tag,
        name,
        macroName,
        adapter: undefined,
        parameters,
        body,
        start,
        end,
      };
    }
    case "materialization":
      return parseMaterialization(parser, name, start);
    default: {
      const body = parser.wholeBody(`end${tag}`);
      return { type: "block", kind: tag, name, body, start, end: stream.end };
    }
  }
}

function parseMaterialization(parser: Parser, name: string, start: number): MacroNode {
  const stream = parser.stream;
  let adapter = "default";
  const parameters: Parameter[] = [];
  while (stream.skip(",")) {
    const option = stream.expectName();
    if (option.text === "default") continue;
    if (option.text !== "adapter" && option.text !== "supported_languages") {
      throw stream.fail(`unknown option '${option.text}' of materialization ${name}`, option);
    }
    stream.expect("=");
    const value = parseExpression(stream);
    if (option.text === "supported_languages") {
      parameters.push({ name: option.text, default: value, start: option.start, end: option.end });
    } else if (value.type === "const" && typeof value.value === "string") {
      adapter = value.value;
    } else {
      throw stream.fail("the adapter of a materialization is a text", value);
    }
  }
  const body = parser.wholeBody("endmaterialization");
  return {
    type: "macro",
    kind: "materialization",
    name,
    macroName: `materialization_${name}_${adapter}`,
    adapter,
    parameters,
    body,
    start,
    end: stream.end,
  };
}
