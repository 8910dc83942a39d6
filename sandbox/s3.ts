import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { listedProperties } from "./kit/engine-lists.ts";
import {
  type Answer,
  type Asked,
  fileAnswer,
  type StandIn,
  textAnswer,
  WORLD_DATE,
} from "./kit/stand-in.ts";
import { escapeXml } from "./kit/xml.ts";
import type { Truth } from "./truth.ts";

/** The only key it knows, and its secret. */
const KEY = "sandbox";
/** A page of a list, however many were asked for. */
const PAGE = 2;
const PATIENCE_MS = 15 * 60_000;

/**
 * An object store by Amazon's protocol, path style, with one bucket: `listings`, whose prefix `engines/`
 * holds the property lists of booking engines. Signatures are checked (version 4), lists come in pages of
 * two with a token to the next, errors are XML.
 */
export function s3(truth: Truth): StandIn {
  const { files, records } = listedProperties(truth);
  const buckets = new Map([
    ["listings", new Map(files.map(({ name, body }) => [`engines/${name}`, body]))],
  ]);

  function answer(asked: Asked): Answer {
    const url = new URL(asked.path, "http://store");
    const refused = refusal(asked, url);
    if (refused) return refused;
    const [, name = "", path = ""] = /^\/([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
    const bucket = buckets.get(name);
    if (!bucket) return failure(404, "NoSuchBucket", "The specified bucket does not exist");
    if (path === "") return list(name, [...bucket], url.searchParams);
    const body = bucket.get(decodeURIComponent(path));
    if (!body) return failure(404, "NoSuchKey", "The specified key does not exist.");
    return fileAnswer(asked, "application/octet-stream", body);
  }

  return { records, answer };
}

function list(
  bucket: string,
  objects: readonly (readonly [string, Buffer])[],
  query: URLSearchParams,
): Answer {
  const prefix = query.get("prefix") ?? "";
  const after = Buffer.from(query.get("continuation-token") ?? "", "base64url").toString();
  const found = objects
    .filter(([key]) => key.startsWith(prefix) && key > after)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const page = found.slice(0, Math.min(PAGE, Number(query.get("max-keys") ?? 1000)));
  const last = page.at(-1)?.[0] ?? "";
  const isTruncated = found.length > page.length;
  const text = query.get("encoding-type") === "url" ? encodeURIComponent : (key: string) => key;
  const contents = page.map(
    ([key, body]) =>
      `<Contents><Key>${escapeXml(text(key))}</Key><LastModified>${WORLD_DATE.toISOString()}</LastModified><ETag>&quot;${createHash("md5").update(body).digest("hex")}&quot;</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const next = isTruncated
    ? `<NextContinuationToken>${Buffer.from(last).toString("base64url")}</NextContinuationToken>`
    : "";
  return xml(
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
  );
}

/** Why a request is not let in; nothing when its signature is right. */
function refusal(asked: Asked, url: URL): Answer | undefined {
  const { headers, method, now } = asked;
  const authorization = headers.authorization ?? "";
  const [, key = "", day = "", region = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  if (key === "") return failure(403, "AccessDenied", "Access Denied");
  if (key !== KEY) {
    return failure(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
    );
  }
  const date = headers["x-amz-date"] ?? "";
  const time = Date.parse(date.replace(/^(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"));
  if (!(Math.abs(time - now.getTime()) < PATIENCE_MS)) {
    return failure(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  const canonical = [
    method,
    url.pathname,
    [...url.searchParams]
      .map(([name, value]) => `${escapeAll(name)}=${escapeAll(value)}`)
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${headers[name] ?? ""}`),
    "",
    names,
    headers["x-amz-content-sha256"] ?? "",
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const secret = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (part, word) => createHmac("sha256", part).update(word).digest(),
    `AWS4${KEY}`,
  );
  const due = createHmac("sha256", secret)
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`)
    .digest();
  if (timingSafeEqual(due, Buffer.from(signature, "hex"))) return undefined;
  return failure(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
  );
}

function escapeAll(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function failure(status: number, code: string, message: string): Answer {
  return xml(
    status,
    `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>0000000000000000</RequestId></Error>`,
  );
}

function xml(status: number, inner: string): Answer {
  return textAnswer(status, "application/xml", `<?xml version="1.0" encoding="UTF-8"?>\n${inner}`);
}
