import { attribute, item } from "./access.ts";
import { TemplateError } from "./errors.ts";
import { formatValue } from "./format-spec.ts";
import { quoted, repr, str } from "./spell.ts";
import type { CallSite, Kwargs, Value } from "./types.ts";

const FIELD = /^([^.[!:]*)((?:\.[^.[!:]+|\[[^\]]*\])*)(?:!([^:]?))?(?::([\s\S]*))?$/u;
const STEP = /\.([^.[]+)|\[([^\]]*)\]/gu;

/** `text.format(...)`. */
export function formatBraces(
  text: string,
  args: readonly Value[],
  kwargs: Kwargs,
  site: CallSite,
): string {
  let automatic = 0;
  let manual = false;

  function render(part: string, depth: number): string {
    if (depth < 0) throw new TemplateError("Max string recursion exceeded");
    let result = "";
    let at = 0;
    while (at < part.length) {
      const char = part[at];
      if ((char === "{" || char === "}") && part[at + 1] === char) {
        result += char;
        at += 2;
      } else if (char === "{") {
        const end = closing(part, at);
        result += field(part.slice(at + 1, end), depth);
        at = end + 1;
      } else if (char === "}") {
        throw new TemplateError("Single '}' encountered in format string");
      } else {
        result += char;
        at += 1;
      }
    }
    return result;
  }

  function field(source: string, depth: number): string {
    const found = FIELD.exec(source);
    if (!found) throw new TemplateError("expected ':' after conversion specifier");
    const [, first = "", path = "", conversion, spec = ""] = found;
    let value = argument(first);
    for (const [, name, key] of path.matchAll(STEP)) {
      if (key === "") throw new TemplateError("Empty attribute in format string");
      if (name !== undefined) value = attribute(value, name, site);
      else if (key !== undefined) value = item(value, /^\d+$/.test(key) ? BigInt(key) : key, site);
    }
    if (conversion === "r" || conversion === "a") value = repr(value);
    else if (conversion === "s") value = str(value);
    else if (conversion !== undefined) {
      throw new TemplateError(`Unknown conversion specifier ${conversion}`);
    }
    return formatValue(value, render(spec, depth - 1));
  }

  function argument(name: string): Value {
    if (name !== "" && !/^\d+$/.test(name)) {
      const value = kwargs.get(name);
      if (value === undefined) throw new TemplateError(quoted(name));
      return value;
    }
    if (name === "" ? manual : automatic > 0) {
      throw new TemplateError(
        "cannot switch from manual field specification to automatic field numbering",
      );
    }
    const index = name === "" ? automatic : Number(name);
    if (name === "") automatic += 1;
    else manual = true;
    const value = args[index];
    if (value === undefined) {
      throw new TemplateError("tuple index out of range");
    }
    return value;
  }

  return render(text, 2);
}

/** The brace that closes the one at `open`; those inside it are a nested field. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new TemplateError(
    open === text.length - 1
      ? "Single '{' encountered in format string"
      : "expected '}' before end of string",
  );
}
