#!/usr/bin/env node
import { enableCompileCache } from "node:module";

enableCompileCache();
// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const { main } = await import("./program.ts");
const { readKeys } = await import("./keys.ts");
const code = await main(process.argv, {
  out: (text) => void process.stdout.write(`${text}\n`),
  bytes: (bytes) => void process.stdout.write(bytes),
  err: (text) => void process.stderr.write(`${text}\n`),
  transient: process.stderr.isTTY ? (text) => void process.stderr.write(text) : undefined,
  keys: () => readKeys(process.stdin),
  exit: (code) => process.exit(code),
});
// Output to a pipe may still be on its way: the code is set and the process ends by itself.
process.exitCode = code;
