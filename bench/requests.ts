import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Agent, request } from "undici";
import { askAll } from "./requests/night.ts";

// Requests per second against a stand-in on loopback that runs in a process of its own: asked through the
// governor, classified and landed; beside a bare undici loop that throws its answers away. The time of the
// processor is this process's alone, threads of DuckDB included. Then the memory of longer and longer runs.
// npm run bench requests [-- --million]: up to one million requests.

const CONNECTIONS = 64;
const KINDS = [
  ["small", "small JSON answers", 50_000],
  ["page", "pages of 40 KB", 10_000],
] as const;

const server = fork(join(import.meta.dirname, "requests/server.ts"));
try {
  const [{ port }] = (await once(server, "message")) as [AddressInfo];
  const url = `http://127.0.0.1:${port}`;
  for (const work of [undiciLoop, askAll]) await work(`${url}/small`, 5000);
  for (const [path, name, count] of KINDS) {
    const bare = await measure(count, () => undiciLoop(`${url}/${path}`, count));
    const ours = await measure(count, () => askAll(`${url}/${path}`, count));
    console.log(`${name.padEnd(20)} landed       ${text(ours)}`);
    console.log(`${"".padEnd(20)} bare undici  ${text(bare)}`);
  }
  const counts = [10_000, 100_000, ...(process.argv.includes("--million") ? [1_000_000] : [])];
  for (const count of counts) {
    const peak = await peakMemory(() => askAll(`${url}/small`, count));
    console.log(`${count.toLocaleString("en-US").padStart(9)} requests   at most ${peak} MB`);
  }
} finally {
  server.disconnect();
}

interface Measured {
  readonly perSecond: number;
  /** Microseconds of the processor for one request. */
  readonly cost: number;
}

async function measure(count: number, work: () => Promise<void>): Promise<Measured> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: count / seconds, cost: (user + system) / count };
}

async function undiciLoop(url: string, count: number): Promise<void> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const answer = await request(`${url}/${next++}`, { dispatcher });
      await answer.body.text();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  await dispatcher.close();
}

/** The most the process held, in MB. */
async function peakMemory(work: () => Promise<void>): Promise<number> {
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  await work();
  clearInterval(watch);
  return Math.round(most / 2 ** 20);
}

function text({ perSecond, cost }: Measured): string {
  const rate = Math.round(perSecond).toLocaleString("en-US").padStart(7);
  return `${rate}/s  ${cost.toFixed(0).padStart(4)} µs of processor each`;
}
