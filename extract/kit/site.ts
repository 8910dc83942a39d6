import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

/**
 * The registrable domain of a host: `www.gull.example.com.au` is a page of `example.com.au`. Suffixes of
 * more than one label are those of `seeds/public_suffixes.csv`; everybody at an unknown one is one site,
 * which is the polite mistake.
 */
export function siteNames(root: string): (host: string) => string {
  const suffixes = new Set(
    readFileSync(join(root, "seeds", "public_suffixes.csv"), "utf8")
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(",")[0] ?? ""),
  );
  return (host) => {
    const [name = "", port] = host.split(/:(?=\d+$)/);
    if (isIP(name.replace(/^\[|\]$/g, "")) !== 0) return host;
    const labels = name.replace(/\.$/, "").split(".");
    for (let start = 1; start < labels.length - 1; start += 1) {
      if (suffixes.has(labels.slice(start).join("."))) return labels.slice(start - 1).join(".");
    }
    return labels.length === 1 && port ? host : labels.slice(-2).join(".");
  };
}
