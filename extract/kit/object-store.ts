import { z } from "zod";
import { Failure } from "./classify.ts";

/** Where `s3://bucket/key` addresses are: at Amazon, or at any store that speaks its protocol. */
export const objectStoreSchema = z.strictObject({
  /** `https://minio.example:9000`. Default: Amazon's of the region. */
  endpoint: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+\/?$/i, "use the store's address, https://host")
    .transform((url) => url.replace(/\/$/, ""))
    .optional(),
  region: z.string().min(1).default("us-east-1"),
  access_key_env: z.string().min(1).default("AWS_ACCESS_KEY_ID"),
  secret_key_env: z.string().min(1).default("AWS_SECRET_ACCESS_KEY"),
  /** Of temporary keys. */
  session_token_env: z.string().min(1).default("AWS_SESSION_TOKEN"),
  /** A public bucket: nothing is signed. */
  anonymous: z.boolean().default(false),
});

export type ObjectStoreSettings = z.output<typeof objectStoreSchema>;

export interface ObjectStore {
  /** An `s3:` address as the store's own; others as they are. */
  readonly locate: (url: string) => string;
  /** What signs a request for an `s3:` address, given where it is dialled. */
  readonly sign: (
    url: string,
    dialled: { readonly method: string; readonly address: URL; readonly now: Date },
  ) => Promise<Record<string, string>>;
}

/** SHA-256 of no body, which is what every GET has. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** `s3://bucket/key`, the key as it is written, or `s3://bucket?query` for the bucket itself. */
const ADDRESS = /^s3:\/\/([^/?]+)(?:\/(.*)|(\?.*))?$/is;

/**
 * Requests to an object store, signed anew at each dial (Signature Version 4). Keys are read from the
 * environment when they are used.
 */
export function objectStore(given: Partial<ObjectStoreSettings> = {}): ObjectStore {
  const settings = objectStoreSchema.parse(given);
  const { endpoint, region } = settings;
  return {
    locate(url) {
      const [whole, bucket = "", key = "", query = ""] = ADDRESS.exec(url) ?? [];
      if (whole === undefined) return url;
      const path = key.split("/").map(escapePart).join("/");
      if (endpoint !== undefined)
        return `${endpoint}/${bucket}${path === "" ? "" : `/${path}`}${query}`;
      return `https://${bucket}.s3.${region}.amazonaws.com/${path}${query}`;
    },
    async sign(url, { method, address, now }) {
      if (settings.anonymous || !ADDRESS.test(url)) return {};
      const keys = keysOf(settings);
      const { AwsV4Signer } = await import("aws4fetch");
      const signer = new AwsV4Signer({
        ...keys,
        method,
        url: address.href,
        service: "s3",
        region,
        datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
        headers: { "x-amz-content-sha256": EMPTY },
      });
      const { headers } = await signer.sign();
      return Object.fromEntries(headers);
    },
  };
}

/** A sandbox knows no other key, and no real key ever goes there. */
function keysOf({
  endpoint = "",
  access_key_env,
  secret_key_env,
  session_token_env,
}: ObjectStoreSettings) {
  if (endpoint.startsWith("sandbox://")) {
    return { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  }
  const accessKeyId = process.env[access_key_env];
  const secretAccessKey = process.env[secret_key_env];
  const sessionToken = process.env[session_token_env];
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const missing = accessKeyId ? secret_key_env : access_key_env;
  throw new Failure(
    "blocked",
    `needs the environment variable ${missing}, which is not set; a public bucket needs anonymous: true`,
  );
}

/** RFC 3986: what a signature leaves unescaped, and nothing else. */
function escapePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
