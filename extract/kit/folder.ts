import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cells, Records, Refused } from "../../engine/warehouse/landing.ts";
import { isLocal, localPath, publicAddress } from "./address.ts";
import { Failure } from "./classify.ts";
import type { Content, Folder } from "./extractor.ts";
import type { Http } from "./http.ts";
import { type Due, type Reading, readHttp, readLocal } from "./reader.ts";

export interface FolderOptions extends Due {
  readonly http: Http;
  readonly root: string;
  /** Answers of earlier attempts, by address: a folder is asked in rows of requests, each of which can fail. */
  readonly kept: Map<string, Content>;
}

interface Entry {
  readonly name: string;
  readonly url: string;
  /** Changes with the content. */
  readonly mark: string;
  /** As the store's list says. */
  readonly bytes?: number;
}

type Read = (
  address: string,
  due?: { readonly isXml?: boolean; readonly bytes?: number },
) => Promise<Content>;

/** Bytes of a prefix that an attempt remembers for the next one. */
const MOST_KEPT = 256 * 2 ** 20;

/** Prefixes with more objects than this are no list of files. */
const MOST_FILES = 100_000;

/** True for the address of a folder or prefix: it ends in a slash. */
export function isFolder(url: string): boolean {
  return url.endsWith("/");
}

/**
 * The files below a folder on disk or a prefix of an object store, in the order of their names. As before
 * is a folder whose names and contents are.
 */
export async function readFolder(url: string, options: FolderOptions): Promise<Reading<Folder>> {
  const { http, root, due, known, kept } = options;
  const read: Read = async (address, { isXml = false, bytes = 0 } = {}) => {
    const earlier = kept.get(address);
    if (earlier) return earlier;
    const file = { due, known: undefined, isXml };
    const { content } = isLocal(address)
      ? await readLocal(root, address, file)
      : await readHttp(http, { url: address }, file);
    // More than was listed is a body that was packed.
    if (content.body.length < bytes) {
      throw new Failure("retry", `sent ${content.body.length} of ${bytes} bytes of ${address}`);
    }
    const size = [...kept.values()].reduce((sum, { body }) => sum + body.length, 0);
    if (!isLocal(address) && size < MOST_KEPT) kept.set(address, content);
    return content;
  };
  const entries = isLocal(url) ? await listDisk(root, url, read) : await listStore(url, read);
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  const hash = createHash("sha256");
  for (const { name, mark } of entries) hash.update(`${name}\n${mark}\n`);
  const sha256 = hash.digest("hex");
  const names = entries.map(({ name }) => name);
  return {
    content: {
      sha256,
      files: entries.map(({ name, url: address, bytes = 0 }) => ({
        name,
        read: () => read(address, { bytes }),
      })),
    },
    status: isLocal(url) ? null : 200,
    request: { url: publicAddress(root, url), files: names.slice(0, 1000), sha256 },
    isUnchanged: known?.isLoaded === true && known.request.sha256 === sha256,
  };
}

/** The records of a folder's files, one after another; what is wrong says in which file. */
export async function* joined(
  files: Folder["files"],
  records: (content: Content, name: string) => Records,
): AsyncGenerator<Cells | Refused> {
  for (const { name, read } of files) {
    try {
      for await (const found of records(await read(), name)) {
        yield "refused" in found ? { ...found, refused: `${name}: ${found.refused}` } : found;
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.outcome, `${name}: ${error.message}`, error.details);
    }
  }
}

async function listDisk(root: string, folder: string, read: Read): Promise<Entry[]> {
  const names = await readdir(localPath(root, folder), { withFileTypes: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      const message = cause.code === "ENOENT" ? "there is no such folder" : cause.message;
      throw new Failure("fatal", message, { cause });
    },
  );
  const files = names.filter((entry) => entry.isFile() && !entry.name.startsWith("."));
  return await Promise.all(
    files.map(async ({ name }) => {
      const url = join(localPath(root, folder), name);
      return { name, url, mark: (await read(url)).sha256 };
    }),
  );
}

/** ListObjectsV2, page after page. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
async function listStore(url: string, read: Read): Promise<Entry[]> {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/?]+)\/(.*)$/is.exec(url) ?? [];
  if (bucket === undefined)
    throw new Failure("fatal", "is a folder nobody can list: use s3:// or a path");
  const entries: Entry[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({
      "list-type": "2",
      "encoding-type": "url",
      prefix,
      ...(token === undefined ? {} : { "continuation-token": token }),
    });
    // A signature escapes a space as %20.
    const page = `s3://${bucket}?${query.toString().replaceAll("+", "%20")}`;
    const listed = await listedIn((await read(page, { isXml: true })).body);
    for (const { key, mark, bytes } of listed.objects) {
      if (key.endsWith("/") || bytes === 0) continue;
      entries.push({ name: key.slice(prefix.length), url: `s3://${bucket}/${key}`, mark, bytes });
    }
    if (entries.length > MOST_FILES)
      throw new Failure("fatal", `has more than ${MOST_FILES} files`);
    if (listed.token !== undefined && listed.token === token) {
      throw new Failure("retry", "sent the same page of its list again");
    }
    ({ token } = listed);
  } while (token !== undefined);
  return entries;
}

async function listedIn(body: Buffer) {
  const { xmlRecords } = await import("./xml-records.ts");
  const objects: { key: string; mark: string; bytes: number }[] = [];
  let isTruncated = false;
  let token: string | undefined;
  for await (const found of xmlRecords(
    [body],
    ["Contents", "IsTruncated", "NextContinuationToken"],
  )) {
    if ("refused" in found) throw new Failure("retry", found.refused);
    const { name, values } = found;
    const text = (path: string) => values.get(path)?.[0] ?? "";
    if (name === "IsTruncated") isTruncated = text("") === "true";
    else if (name === "NextContinuationToken") token = text("");
    else {
      const key = decodeURIComponent(text("Key").replaceAll("+", " "));
      const bytes = Number(text("Size"));
      objects.push({ key, mark: `${text("ETag")} ${bytes}`, bytes });
    }
  }
  if (isTruncated && token === undefined) {
    throw new Failure("retry", "sent a part of its list without a way to the next");
  }
  return { objects, token: isTruncated ? token : undefined };
}
