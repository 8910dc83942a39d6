import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readWarc } from "../../extract/kit/warc.ts";

// Scans one file in a process of its own: node scan.ts <file> [folder whose node_modules has warcio]

const [file = "", folder] = process.argv.slice(2);
const began = performance.now();
const records = folder === undefined ? await own() : await peer(folder);
const seconds = (performance.now() - began) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ records, seconds, megabytes }));

async function own(): Promise<number> {
  let count = 0;
  for await (const { problem, headers } of readWarc(createReadStream(file))) {
    if (problem === undefined && headers.get("warc-target-uri") !== undefined) count += 1;
  }
  return count;
}

async function peer(from: string): Promise<number> {
  const entry = pathToFileURL(join(from, "node_modules", "warcio", "dist", "index.js")).href;
  const { WARCParser } = (await import(entry)) as {
    WARCParser: { iterRecords: (stream: unknown) => AsyncIterable<{ warcTargetURI?: string }> };
  };
  let count = 0;
  for await (const record of WARCParser.iterRecords(createReadStream(file))) {
    if (record.warcTargetURI) count += 1;
  }
  return count;
}
