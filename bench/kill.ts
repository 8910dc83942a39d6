import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { testProject } from "../test/kit/project.ts";
import { publishedState } from "../test/kit/published.ts";

// kill -9 at ten random moments of a first `elt run`, then `elt run`: what is published equals an undisturbed run.
// npm run bench kill [seed] [properties]

const KILLS = 10;
const AT = "2026-11-20T02:00:00Z";
const seed = Number(process.argv[2] ?? Math.floor(Math.random() * 1e9));
const properties = process.argv[3] ?? "300";
console.log(`seed ${seed}, ${properties} properties`);

const eltYml = readFileSync(join(import.meta.dirname, "../elt.yml"), "utf8").replace(
  "properties: 2000",
  `properties: ${properties}`,
);
const calm = testProject(eltYml);
const victim = testProject(eltYml);
try {
  const began = performance.now();
  const first = await calm.elt("run", "--at", AT);
  if (first.code !== 0) throw new Error(first.err);
  const length = performance.now() - began;
  const expected = await publishedState(join(calm.root, "data"), await urlOf(calm));
  const random = mulberry32(seed);
  let unequal = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const moment = Math.round(random() * length);
    const outcome = await killAfter(moment);
    const last = await victim.elt("run", "--at", AT);
    if (last.code !== 0) throw new Error(last.err);
    const state = await publishedState(join(victim.root, "data"), await urlOf(victim));
    const names = [...new Set([...Object.keys(expected), ...Object.keys(state)])];
    const different = names.filter((name) => expected[name] !== state[name]);
    console.log(`${String(kill).padStart(2)}  ${String(moment).padStart(6)} ms  ${outcome}`);
    console.log(
      `    then run: ${names.length} compared, ${different.length} differ ${different.join(", ")}`,
    );
    if (different.length > 0) unequal += 1;
    await victim.elt("postgres", "stop");
    rmSync(join(victim.root, "data"), { recursive: true, force: true });
  }
  console.log(`${KILLS - unequal} of ${KILLS} end as the undisturbed run`);
  process.exitCode = unequal === 0 ? 0 : 1;
} finally {
  for (const project of [calm, victim]) {
    await project.elt("postgres", "stop");
    project.remove();
  }
}

async function urlOf(project: typeof calm): Promise<string> {
  return /postgres:\/\/\S+/.exec((await project.elt("postgres", "status")).out)?.[0] ?? "";
}

/** Starts a run and kills it after so many milliseconds; says what it was doing. */
async function killAfter(ms: number): Promise<string> {
  const run = victim.start("run", "--at", AT);
  let err = "";
  run.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const timer = spawn("sleep", [String(ms / 1000)]);
  timer.on("close", () => run.kill("SIGKILL"));
  const code = await new Promise<number | null>((resolve) => run.on("close", resolve));
  timer.kill();
  const line = err.trim().split("\n").at(-1) ?? "";
  return code === null ? `killed after: ${line}` : `had ended (${code})`;
}

function mulberry32(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
