// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const [, , ...words] = process.argv;
if (words.length === 1 && /^(-V|--version)$/.test(words[0] ?? "")) {
  const { version } = await import("./version.ts");
  process.stdout.write(`${version()}\n`);
} else {
  const { main } = await import("./program.ts");
  const { readKeys } = await import("./keys.ts");
  // Output to a pipe may still be on its way: the code is set and the process ends by itself.
  process.exitCode = await main(process.argv, {
    out: (text) => void process.stdout.write(`${text}\n`),
    bytes: (bytes) => void process.stdout.write(bytes),
    err: (text) => void process.stderr.write(`${text}\n`),
    transient: process.stderr.isTTY ? (text) => void process.stderr.write(text) : undefined,
    keys: () => readKeys(process.stdin),
    exit: (code) => process.exit(code),
  });
}
