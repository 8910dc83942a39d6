import { EltError } from "../../engine/errors.ts";
import { suggest } from "../../engine/suggest.ts";
import { sourcePairKey } from "./model.ts";
import type { MatcherSpec } from "./spec.ts";

/** May records of two sources, by their codes, be one entity? */
export function mayMatch(
  { linkType = "link_and_dedupe", sourcePairs }: MatcherSpec,
  sources: readonly string[],
  [one, other]: readonly [number, number],
): boolean {
  if (linkType === "link" && one === other) return false;
  if (linkType === "dedupe" && one !== other) return false;
  if (!sourcePairs) return true;
  const [left, right] = [sources[one], sources[other]];
  return sourcePairs.some(([a, b]) => (a === left && b === right) || (a === right && b === left));
}

/** The same as a condition over the pair's key, as SQL gives it; nothing where every pair is allowed. */
export function mayMatchSql(
  spec: MatcherSpec,
  sources: readonly string[],
  sourcePair = "source_pair",
): string | undefined {
  const { linkType = "link_and_dedupe", sourcePairs } = spec;
  if (!sourcePairs) {
    if (linkType === "link_and_dedupe") return undefined;
    const sign = linkType === "link" ? "<>" : "=";
    return `${sourcePair} // 65536 ${sign} ${sourcePair} % 65536`;
  }
  const keys = sources.flatMap((_, one) =>
    sources.flatMap((_, other) =>
      one <= other && mayMatch(spec, sources, [one, other]) ? [sourcePairKey(one, other)] : [],
    ),
  );
  return keys.length === 0 ? "false" : `${sourcePair} in (${keys.join(", ")})`;
}

/**
 * Are pairs that may not match made all the same? Those within a source show how far chance goes where it is to be found
 * out which sources list each entity once.
 */
export function needsAllPairs({ registers }: MatcherSpec): boolean {
  return registers === "found";
}

/** Throws where the sources cannot be linked as the spec says. */
export function refuseBadLinks(spec: MatcherSpec, sources: readonly string[]): void {
  const { linkType, sourcePairs = [], registers } = spec;
  if (linkType === "link" && sources.length === 1) {
    throw new EltError(`nothing to link: every record is of "${sources[0]}"`, {
      hint: "give two inputs or more, or find what repeats within one with linkType dedupe",
      exitCode: 2,
    });
  }
  const named = [...sourcePairs.flat(), ...(Array.isArray(registers) ? registers : [])];
  const unknown = named.find((name) => sources.length > 0 && !sources.includes(name));
  if (unknown !== undefined) {
    throw new EltError(`no source "${unknown}"${suggest(unknown, sources)}`, {
      hint: `the sources are ${sources.join(", ")}`,
      exitCode: 2,
    });
  }
}
