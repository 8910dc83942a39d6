import { spawnSync } from "node:child_process";
import { join } from "node:path";

// Start-up of the command line beside the bare runtime, interleaved in one run: medians of 15.
// Goals: `elt --version` 80 ms, `elt ls` 200 ms, neither opening DuckDB.

const ROUNDS = 15;
const elt = join(import.meta.dirname, "../bin/elt.js");
const cases = {
  "node -e ''": ["-e", ""],
  "elt --version": [elt, "--version"],
  "elt ls": [elt, "ls"],
};
const times = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [name, args] of Object.entries(cases)) {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    if (round >= 0) times.get(name)?.push(performance.now() - began);
  }
}
for (const [name, list] of times) {
  const sorted = list.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const spread = `${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)}`;
  console.log(`${name.padEnd(16)} ${median.toFixed(0).padStart(5)} ms   (${spread})`);
}
