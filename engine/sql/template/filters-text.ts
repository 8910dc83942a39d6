import { lengthOf } from "./access.ts";
import { TemplateError } from "./errors.ts";
import { filter } from "./filters.ts";
import { escapeHtml, filtersHtml } from "./filters-html.ts";
import { formatPercent } from "./format-percent.ts";
import { toJson } from "./json.ts";
import { centreLeft, replace } from "./methods-text.ts";
import { integer, swallow } from "./operators.ts";
import { prettyText } from "./pretty.ts";
import { str, typeName } from "./spell.ts";
import { type Invoke, PyDict, PyTuple, PyUndefined, type Value } from "./types.ts";
import * as unicode from "./unicode.ts";
import { truth } from "./values.ts";
import { wrapText } from "./wrap.ts";

export function textFilters(): [string, Invoke][] {
  return [
    ...filter("upper", "s", ([value = null]) => str(value).toUpperCase()),
    ...filter("lower", "s", ([value = null]) => str(value).toLowerCase()),
    ...filter("capitalize", "s", ([value = null]) => unicode.capitalize(str(value))),
    ...filter("title", "s", ([value = null]) => title(str(value))),
    ...filter("string safe", "value", ([value = null]) => str(value)),
    ...filter("trim", "value chars?", ([value = null, chars]) => trim(str(value), chars)),
    ...filter("center", "value width?", ([value = null, width = 80n]) => {
      const text = str(value);
      const size = whole(width);
      const missing = Math.max(0, size - unicode.length(text));
      const left = centreLeft(missing, size);
      return " ".repeat(left) + text + " ".repeat(missing - left);
    }),
    ...filter(
      "replace",
      "s old new count?",
      ([value = null, old = null, by = null, count = null]) => {
        return replace(str(value), str(old), str(by), count === null ? -1 : whole(count));
      },
    ),
    ...filter("wordcount", "s", ([value = null]) => {
      return BigInt(str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0);
    }),
    ...filter(
      "indent",
      "s width? first? blank?",
      ([value = null, width = 4n, first = false, blank = false]) => {
        return indent(text(value), width, truth(first), truth(blank));
      },
    ),
    ...filter("truncate", "s length? killwords? end? leeway?", truncate),
    ...filter(
      "wordwrap",
      "s width? break_long_words? wrapstring? break_on_hyphens?",
      ([value = null, width = 79n, breakWords = true, join = null, hyphens = true]) => {
        const separator = join === null ? "\n" : str(join);
        return unicode
          .splitLines(text(value))
          .map((line) =>
            wrapText(line, whole(width), truth(breakWords), truth(hyphens)).join(separator),
          )
          .join(separator);
      },
    ),
    ["format", formatFilter],
    ...filter("tojson", "value indent?", ([value = null, size]) => {
      const indent = size === undefined || size === null ? undefined : whole(size);
      return toJson(value, { sortKeys: true, indent }).replace(/[<>&']/g, (char) => {
        return `\\u00${char.charCodeAt(0).toString(16)}`;
      });
    }),
    ...filter("pprint", "value", ([value = null]) => prettyText(value)),
    ...filter("urlencode", "value", ([value = null]) => urlEncode(value)),
    ...filter("escape e forceescape", "s", ([value = null]) => escapeHtml(str(value))),
    ...filtersHtml(),
    // In SQL they hand their input on; in YAML the renderer looks for them itself.
    ...filter("as_text as_native as_bool as_number", "value", ([value = null]) => value),
  ];
}

function trim(value: string, chars: Value | undefined): string {
  if (chars === undefined || chars === null) return unicode.strip(value, "both");
  if (typeof chars === "string") return unicode.strip(value, "both", chars);
  throw new TemplateError("strip arg must be None or str");
}

/** Each word upper first; a word begins behind a space, a hyphen or an opening bracket. */
function title(value: string): string {
  return value
    .split(new RegExp(`([-${unicode.SPACE}({\\[<]+)`))
    .filter((part) => part !== "")
    .map((part) => {
      const [first = "", ...rest] = unicode.characters(part);
      return first.toUpperCase() + rest.join("").toLowerCase();
    })
    .join("");
}

function indent(value: string, width: Value, first: boolean, blank: boolean): string {
  const space = typeof width === "string" ? width : " ".repeat(Math.max(0, whole(width)));
  const lines = unicode.splitLines(`${value}\n`);
  const rest = lines.slice(1).map((line) => (line === "" && !blank ? line : space + line));
  return (first ? space : "") + [lines[0] ?? "", ...rest].join("\n");
}

function truncate([
  value = null,
  length = 255n,
  kill = false,
  end = "...",
  leeway = null,
]: readonly (Value | undefined)[]): Value {
  const ending = text(end);
  const size = whole(length);
  const slack = leeway === null ? 5 : whole(leeway);
  const endSize = unicode.length(ending);
  if (size < endSize) throw new TemplateError(`expected length >= ${endSize}, got ${size}`);
  if (slack < 0) throw new TemplateError(`expected leeway >= 0, got ${slack}`);
  const known = lengthOf(value);
  if (known !== undefined && known <= size + slack) return value;
  const given = text(value);
  const cut = unicode.substring(given, 0, size - endSize);
  const space = cut.lastIndexOf(" ");
  return (truth(kill) || space === -1 ? cut : cut.slice(0, space)) + ending;
}

const formatFilter: Invoke = ([value = null, ...args], kwargs) => {
  if (args.length > 0 && kwargs.size > 0) {
    throw new TemplateError("can't handle positional and keyword arguments at the same time");
  }
  return formatPercent(str(value), kwargs.size > 0 ? new PyDict(kwargs) : new PyTuple(args));
};

function urlEncode(value: Value): string {
  if (!(value instanceof PyDict)) {
    const pairs = typeof value === "object" && value !== null && "items" in value;
    if (!pairs || !Array.isArray(value.items)) return quoteUrl(str(value));
    return value.items
      .map((pair) => encodePair(pair instanceof PyTuple ? pair.items : []))
      .join("&");
  }
  return Array.from(value.entries(), encodePair).join("&");
}

function encodePair([key = null, value = null]: readonly Value[]): string {
  const encode = (part: Value) => quoteUrl(str(part)).replaceAll("/", "%2F").replaceAll("%20", "+");
  return `${encode(key)}=${encode(value)}`;
}

function quoteUrl(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/");
}

/** What Python would do with something that is no text: complain about a missing method. */
function text(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof PyUndefined) return str(swallow(value));
  throw new TemplateError(`expected a text, got ${typeName(value)}`);
}

function whole(value: Value): number {
  return Number(integer(value));
}
