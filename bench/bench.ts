import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

// npm run bench [name …]: runs each bench of this folder in its own process, or the named ones.

const here = import.meta.dirname;
const all = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && file !== "bench.ts")
  .map((file) => file.slice(0, -3))
  .sort();
const [name, ...rest] = process.argv.slice(2);
if (name !== undefined && !all.includes(name)) {
  console.error(`unknown bench "${name}": choose one of ${all.join(", ")}`);
  process.exit(2);
}
let failed = 0;
for (const bench of name === undefined ? all : [name]) {
  console.log(`\n— ${bench} —`);
  const { status } = spawnSync(process.execPath, [join(here, `${bench}.ts`), ...rest], {
    stdio: "inherit",
  });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
