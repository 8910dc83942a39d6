/**
 * Asks Python's Jinja2 and ours for the same generated templates and shows where they differ.
 *
 *   node bench/template.ts [cases] [seed]
 */
import { spawnSync } from "node:child_process";
import { EltError } from "../engine/errors.ts";
import { parseTemplate, renderTemplate } from "../engine/sql/template/template.ts";
import { fromJs, PyTuple, type Value } from "../engine/sql/template/values.ts";
import { generator } from "./template/cases.ts";

const ORACLE = `
import json, sys
from jinja2.sandbox import SandboxedEnvironment
env = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
def context():
    return {"s": "Ab c", "n": 3, "f": 2.5, "l": [3, 1, 2], "d": {"a": 1, "b": "x"}, "w": ["b", "A", "c d"],
            "t": (1, "z"), "rows": [{"k": "x", "v": 2}, {"k": "Y", "v": 1}, {"k": "x", "v": 3}], "none_": None, "e": ""}
for line in sys.stdin:
    template = json.loads(line)
    try:
        answer = {"text": env.from_string(template).render(context())}
    except RecursionError:
        answer = {"skip": True}
    except Exception as error:
        answer = {"error": type(error).__name__ + ": " + str(error)}
    print(json.dumps(answer))
`;

/**
 * Jinja2 computes constants while it compiles. What it never reaches then, it never complains of: an
 * unknown filter behind `1 or`; and a slice of a constant that has none, `1[:]`, is undefined.
 */
const FOLDED =
  /not subscriptable|unhashable type|slice indices|has no element|No filter|No test|sequence was empty/;

/** Ours refuses to print what can be walked only once. */
const REFUSED = /^cannot print a/;

/** Escaped text is a type of its own in Python and escapes what is joined to it; ours is plain text. */
const ESCAPING = /tojson|escape|safe|xmlattr|\| e\b/;

/** Addresses, markup and generators: printed by Jinja2, but no result anybody wants. */
const UNCOMPARABLE =
  /0x[\da-f]{6,}|[Mm]arkup\(|<(?:generator|method|bound|built-in|function|class)|dict_\w+iterator/;

interface Answer {
  readonly text?: string;
  readonly error?: string;
  readonly skip?: boolean;
}

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);

measureReading();
if (spawnSync("python3", ["-c", "import jinja2"]).status !== 0) {
  console.log("template  skipped: python3 has no jinja2");
} else {
  compareAll();
}

/** How fast templates are read, on texts as dense as macro files are. */
function measureReading(): void {
  const make = generator(1);
  const texts = Array.from({ length: 2_000 }, () => make()).filter((text) => readable(text));
  const size = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round += 1) {
    const before = process.cpuUsage();
    for (const text of texts) readable(text);
    best = Math.min(best, process.cpuUsage(before).user / 1e6);
  }
  console.log(
    `template  reads ${(size / best).toFixed(1)} MB/s of generated templates, which are all tags`,
  );
}

function readable(text: string): boolean {
  try {
    parseTemplate(text, { file: "case.sql" });
    return true;
  } catch {
    return false;
  }
}

function compareAll(): void {
  const make = generator(seed);
  const templates = Array.from({ length: count }, () => make());
  const theirs = ask(templates);
  let differences = 0;
  let errors = 0;
  let skipped = 0;
  const started = performance.now();
  for (const [index, template] of templates.entries()) {
    const their = theirs[index] ?? { skip: true };
    if (their.skip || UNCOMPARABLE.test(their.text ?? "")) {
      skipped += 1;
      continue;
    }
    if (their.error !== undefined) errors += 1;
    const our = render(template);
    if (agree(template, their, our)) continue;
    differences += 1;
    if (differences > 40) continue;
    console.log(
      `${JSON.stringify(template)}\n  jinja2 ${JSON.stringify(their)}\n  ours   ${JSON.stringify(our)}`,
    );
  }
  if (differences > 0) process.exitCode = 1;
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `template  ${count} cases, seed ${seed}: ${differences} differences, ${errors} errors in both, ${skipped} not comparable, ours ${seconds.toFixed(1)}s`,
  );
}

function agree(template: string, their: Answer, our: Answer): boolean {
  if (their.text === our.text) return true;
  if (their.error !== undefined && our.error !== undefined) return true;
  if (REFUSED.test(our.error ?? "")) return true;
  return FOLDED.test(our.error ?? "") || ESCAPING.test(template);
}

function ask(templates: readonly string[]): Answer[] {
  const result = spawnSync("python3", ["-c", ORACLE], {
    input: templates.map((template) => JSON.stringify(template)).join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: { ...process.env, PYTHONHASHSEED: "0" },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

function render(template: string): Answer {
  try {
    const parsed = parseTemplate(template, { file: "case.sql" });
    return { text: renderTemplate(parsed, { globals: context(), undefined: "lenient" }).text };
  } catch (error) {
    if (error instanceof EltError && error.details.line !== undefined)
      return { error: error.message };
    return { text: `CRASH ${error instanceof Error ? error.stack : String(error)}` };
  }
}

function context(): ReadonlyMap<string, Value> {
  const plain = {
    s: "Ab c",
    n: 3,
    f: 2.5,
    l: [3, 1, 2],
    d: { a: 1, b: "x" },
    w: ["b", "A", "c d"],
    rows: [
      { k: "x", v: 2 },
      { k: "Y", v: 1 },
      { k: "x", v: 3 },
    ],
    none_: null,
    e: "",
  };
  const values = Object.entries(plain).map(([name, value]) => [name, fromJs(value)] as const);
  return new Map<string, Value>([...values, ["t", new PyTuple([1n, "z"])]]);
}
