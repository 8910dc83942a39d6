import { Failure } from "./classify.ts";
import type { Found } from "./formats.ts";

/**
 * Records of a JSON array, of NDJSON, of GeoJSON (properties, and a point as `geometry.longitude` and
 * `geometry.latitude`) or of an object around one array. Objects inside a record become columns with
 * dotted names; numbers that a double cannot hold keep their digits.
 */
export function* readJson(text: string): Generator<Found> {
  const whole = tryParse(text);
  if (whole.ok) {
    for (const item of itemsOf(whole.value)) yield { record: recordOf(item) };
    return;
  }
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  if (lines.length < 2 || !tryParse(lines[0] ?? "").ok) {
    throw new Failure("retry", `the JSON was cut or is not JSON: ${String(whole.error)}`);
  }
  for (const [index, line] of lines.entries()) {
    const parsed = tryParse(line);
    if (parsed.ok) yield { record: recordOf(parsed.value) };
    else if (index === lines.length - 1) {
      throw new Failure("retry", `line ${index + 1}: the last record was cut`);
    } else yield { refused: `line ${index + 1}: ${String(parsed.error)}`, text: line };
  }
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

function tryParse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text, exactNumber) };
  } catch (error) {
    return { ok: false, error };
  }
}

/** `cid` 10651910879951459236 does not fit a double: such numbers stay as written, as text. */
function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const digits = context?.source?.replace(/[^0-9]/g, "").replace(/^0+/, "") ?? "";
  return digits.length > 17 || Math.abs(value) > Number.MAX_SAFE_INTEGER ? context?.source : value;
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  if (value.type === "FeatureCollection" && Array.isArray(value.features)) return value.features;
  const arrays = Object.values(value).filter(Array.isArray);
  return arrays.length === 1 && arrays[0] ? arrays[0] : [value];
}

function recordOf(item: unknown): Record<string, unknown> {
  if (!isObject(item)) return { value: item };
  if (item.type !== "Feature") return flat(item);
  const { coordinates } = (item.geometry ?? {}) as { coordinates?: unknown };
  const [longitude, latitude] = Array.isArray(coordinates) ? coordinates : [];
  const point =
    typeof longitude === "number"
      ? { "geometry.longitude": longitude, "geometry.latitude": latitude }
      : {};
  return { ...flat((item.properties ?? {}) as Record<string, unknown>), ...point };
}

function flat(object: Readonly<Record<string, unknown>>, prefix = ""): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      isObject(value)
        ? Object.entries(flat(value, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value]],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
