/** What one host's robots.txt asks of us (RFC 9309). */
export interface Robots {
  /** True when the path, with its query, may be fetched. */
  allows(path: string): boolean;
  /** Seconds between two fetches, where it says so. Not in the RFC; honoured, up to 30. */
  readonly crawlDelay: number | undefined;
}

const LONGEST_DELAY = 30;

export const ALLOW_ALL: Robots = { allows: () => true, crawlDelay: undefined };

interface Rule {
  readonly isAllow: boolean;
  readonly pattern: string;
}

/** Reads the groups of our product token, merged; else those of `*`. Lines it does not know are skipped. */
export function parseRobots(text: string, token: string): Robots {
  const rules = { own: [] as Rule[], all: [] as Rule[] };
  const delays: { own?: number; all?: number } = {};
  let isOwnNamed = false;
  let agents: ("own" | "all")[] = [];
  let isNaming = false;
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)) {
    const [, name = "", value = ""] = /^\s*([a-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/i.exec(line) ?? [];
    const field = name.toLowerCase();
    if (field === "user-agent") {
      if (!isNaming) agents = [];
      isNaming = true;
      const agent = agentOf(value, token);
      if (agent) agents.push(agent);
      if (agent === "own") isOwnNamed = true;
    } else if (field === "allow" || field === "disallow") {
      isNaming = false;
      if (value === "") continue;
      const rule = { isAllow: field === "allow", pattern: normalised(value) };
      for (const agent of agents) rules[agent].push(rule);
    } else if (field === "crawl-delay") {
      isNaming = false;
      const seconds = Number(value);
      if (value === "" || !(seconds >= 0)) continue;
      for (const agent of agents) delays[agent] ??= Math.min(seconds, LONGEST_DELAY);
    }
  }
  const chosen = isOwnNamed ? "own" : "all";
  return {
    allows: (path) => isAllowed(rules[chosen], normalised(path)),
    crawlDelay: delays[chosen],
  };
}

function agentOf(value: string, token: string): "own" | "all" | undefined {
  if (value === "*") return "all";
  // `leadhouse/1.0` names us: the version is not part of the token.
  const product = /^[a-z_-]*/i.exec(value)?.[0] ?? "";
  return product.toLowerCase() === token.toLowerCase() ? "own" : undefined;
}

/** The longest pattern that fits decides; of equally long ones, `Allow`. */
function isAllowed(rules: readonly Rule[], path: string): boolean {
  if (path === "/robots.txt") return true;
  let best: Rule | undefined;
  for (const rule of rules) {
    const isLonger = !best || rule.pattern.length > best.pattern.length;
    const isTie = best?.pattern.length === rule.pattern.length;
    if ((isLonger || (isTie && rule.isAllow)) && fits(rule.pattern, path)) best = rule;
  }
  return best?.isAllow ?? true;
}

/** `*` is any run of characters, `$` at the end the path's end. Without a regular expression, whose time a hostile pattern could choose. */
function fits(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith("$");
  const pieces = (isAnchored ? pattern.slice(0, -1) : pattern).split("*");
  const first = pieces.shift() ?? "";
  if (!path.startsWith(first)) return false;
  const last = isAnchored ? pieces.pop() : undefined;
  let at = first.length;
  for (const piece of pieces) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  if (!isAnchored) return true;
  if (last === undefined) return path.length === at;
  return path.length - last.length >= at && path.endsWith(last);
}

/** Both sides in one spelling: letters that need no escape without one, all others as upper-case UTF-8. */
function normalised(path: string): string {
  return path
    .toWellFormed()
    .replace(/[^\x21-\x7e]+/g, encodeURIComponent)
    .replace(/%[0-9a-f]{2}/gi, (code) => {
      const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return /[a-z0-9._~-]/i.test(letter) ? letter : code.toUpperCase();
    });
}
