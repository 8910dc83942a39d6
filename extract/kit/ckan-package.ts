import { z } from "zod";
import { withoutSecrets } from "./address.ts";
import { Failure } from "./classify.ts";
import type { Download, Request, Tools } from "./extractor.ts";
import { isObject, parseJson, portalUrl } from "./registers.ts";

/** `success` decides, whatever the status says. */
export function ckanResult(answer: unknown): Record<string, unknown> {
  if (!isObject(answer)) throw new Failure("retry", "sent JSON that is no answer");
  const { success, result, error } = answer;
  if (success === true && isObject(result)) return result;
  const { __type: type = "", ...said } = isObject(error) ? error : {};
  const outcome = /Authorization/.test(String(type))
    ? "blocked"
    : /Not Found|Validation/.test(String(type))
      ? "fatal"
      : "retry";
  throw new Failure(outcome, `answered ${type || "no success"}: ${JSON.stringify(said)}`, {
    response: JSON.stringify(answer),
  });
}

export interface WantedFile {
  readonly format: string;
  /** Part of the file's name or address, where a package has several. */
  readonly file?: string | undefined;
}

/** The address of a package's newest file of a kind: each release has another. */
export function newestFile(
  { format, file = "" }: WantedFile,
  { resources }: Record<string, unknown>,
): string {
  const found = (Array.isArray(resources) ? resources : [])
    .filter(isObject)
    .filter(({ url }) => typeof url === "string")
    .map(({ url, name, format: kind, last_modified, created }) => ({
      url: String(url),
      name: String(name ?? ""),
      kind: String(kind ?? "").toLowerCase(),
      changed: String(last_modified ?? created ?? ""),
    }));
  const part = file.toLowerCase();
  const [newest] = found
    .filter(
      ({ kind, name, url }) => kind === format && `${name} ${url}`.toLowerCase().includes(part),
    )
    .sort((left, right) => right.changed.localeCompare(left.changed));
  if (newest) return newest.url;
  const names = found.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  throw new Failure("fatal", `has no ${format} file "${file}"; it has: ${names || "no files"}`);
}

/** How a source says where its file is: the newest of a portal's package, or an address or path. */
export function releaseShape(name: string) {
  return {
    /** What stands before `/api/3/action`. */
    portal: portalUrl.default("https://data.gov.au/data"),
    package: z.string().min(1).default(name),
    /** Addresses or paths, instead of the portal's. */
    files: z.array(z.string().min(1)).min(1).optional(),
  };
}

export interface ReleaseRequest extends Request {
  /** What to look for on the portal; absent where `url` is the file's own. */
  readonly release?: WantedFile & { readonly package: string };
}

/** One request a file: those named, or of the package those wanted. */
export function releaseRequests(
  settings: {
    readonly portal: string;
    readonly package: string;
    readonly files?: readonly string[] | undefined;
  },
  wanted: readonly WantedFile[],
): ReleaseRequest[] {
  const { portal, files } = settings;
  if (files) return files.map((url) => ({ key: withoutSecrets(url), url }));
  const url = `${portal}/api/3/action/package_show`;
  return wanted.map((file) => ({
    key: `${portal} ${settings.package} ${file.file ?? file.format}`,
    url,
    release: { ...file, package: settings.package },
  }));
}

/** The file itself, on disk. */
export async function downloadRelease(
  { url, release }: ReleaseRequest,
  { read, download }: Tools,
  due: string,
): Promise<Download> {
  if (!release) return await download(due);
  const shown = await read("a CKAN answer in JSON", {
    url,
    isPart: true,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: release.package }),
  });
  return await download(due, { url: newestFile(release, ckanResult(parseJson(shown))) });
}
