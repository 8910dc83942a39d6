import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { step } from "../../../extract/file_import.ts";
import { objectStore } from "../../../extract/kit/object-store.ts";
import { step as texas } from "../../../extract/texas_hotel_tax.ts";
import { escapeXml } from "../../../sandbox/kit/xml.ts";
import { startWorld, type World } from "../../../sandbox/world.ts";
import { type Project, project } from "./night.ts";
import { type Reply, reply, serve } from "./server.ts";

afterEach(() => void vi.unstubAllEnvs());

function keys(id: string, secret: string): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", id);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
  vi.stubEnv("AWS_SESSION_TOKEN", "");
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
test.each([
  ["lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
  ["max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
])("Amazon's example ?%s has Amazon's signature", async (query, signature) => {
  keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  const signed = await objectStore().sign(`s3://examplebucket?${query}`, {
    method: "GET",
    address: new URL(`https://examplebucket.s3.amazonaws.com/?${query}`),
    now: new Date("2013-05-24T00:00:00Z"),
  });
  expect(signed.authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
  );
});

test.each([
  [{}, "s3://lists/a b/c+d.csv", "https://lists.s3.us-east-1.amazonaws.com/a%20b/c%2Bd.csv"],
  [
    { region: "ap-southeast-2" },
    "s3://lists?prefix=a",
    "https://lists.s3.ap-southeast-2.amazonaws.com/?prefix=a",
  ],
  [
    { endpoint: "https://store.example/" },
    "s3://lists/a?b.csv",
    "https://store.example/lists/a%3Fb.csv",
  ],
  [
    { endpoint: "https://store.example" },
    "s3://lists?prefix=a",
    "https://store.example/lists?prefix=a",
  ],
  [{}, "https://example.com/a", "https://example.com/a"],
])("%j: %s is %s", (settings, url, expected) => {
  expect(new URL(objectStore(settings).locate(url)).href).toBe(expected);
});

describe("the sandbox's store, which checks signatures by itself,", () => {
  let world: World;
  let current: Project | undefined;
  beforeAll(async () => {
    const clock = () => current?.clock.time ?? 0;
    world = await startWorld({ seed: 3, properties: 300, faults: [], clock });
  });
  afterAll(() => world.close());

  const imports = (settings: object, url = "s3://listings/engines/") => {
    current = project({
      source: "file_import",
      step,
      resolve: (address) => world.resolve(address),
      settings: {
        per_second: 1000,
        s3: { endpoint: "sandbox://s3" },
        imports: [{ name: "engines", url, columns: {} }],
        ...settings,
      },
    });
    return current;
  };

  test("lists a prefix page by page; all its files are one list, read again when one changed", async () => {
    const before = world.log.count("s3", undefined);
    const own = imports({});
    const [first] = await own.night();
    // Four files: two pages of the list, four bodies.
    expect(world.log.count("s3", undefined) - before).toBe(6);
    const rows = await own.landed<{ row_number: string; record: string }>(
      "rows",
      "select row_number, record from landed where record is not null order by row_number::int",
    );
    expect(rows.map(({ row_number }) => Number(row_number))).toEqual(
      rows.map((_, index) => index + 1),
    );
    expect(first?.rows).toBe(rows.length);
    expect(Object.keys(JSON.parse(rows[0]!.record) as object)).toEqual(["url"]);
    expect(Object.keys(JSON.parse(rows.at(-1)!.record) as object)).toEqual(["slug", "engine"]);
    expect(await own.night()).toMatchObject([{ unchanged: true }, {}]);
  });

  test("serves one file by its key, spaces and all", async () => {
    const own = imports({}, "s3://listings/engines/site minder.csv");
    expect((await own.night())[0]?.rows).toBeGreaterThan(0);
    expect(await own.landed("rows", "select source_url from landed limit 1")).toEqual([
      { source_url: "s3://listings/engines/site minder.csv" },
    ]);
  });

  test.each<[string, object, string, string]>([
    [
      "a wrong secret",
      {},
      "wrong",
      "answered 403 (SignatureDoesNotMatch: The request signature we calculated",
    ],
    [
      "no signature",
      { anonymous: true },
      "sandbox",
      "answered 403 (AccessDenied: Access Denied) (blocked)",
    ],
    [
      "a key that is not set",
      { secret_key_env: "NOT_SET_HERE" },
      "",
      "needs the environment variable NOT_SET_HERE",
    ],
  ])("%s is told as the store tells it", async (_name, s3, secret, message) => {
    keys("sandbox", secret);
    const endpoint = world.addresses.get("s3");
    await expect(imports({ s3: { endpoint, ...s3 } }).night()).rejects.toThrow(message);
  });

  test("an object that is not there names its key", async () => {
    await expect(imports({}, "s3://listings/none.csv").night()).rejects.toThrow(
      "s3://listings/none.csv: answered 404 (NoSuchKey",
    );
    await expect(imports({}, "s3://nobody/x/").night()).rejects.toThrow("NoSuchBucket");
  });
});

/** A store whose list has these objects, some to a page. */
const store = (objects: ReadonlyMap<string, string>, { page = 1000, more = "" } = {}): Reply => {
  return (response, seen) => {
    const url = new URL(seen.path, "http://store");
    const key = decodeURIComponent(url.pathname).replace("/lists/", "");
    const body = objects.get(key);
    if (body !== undefined) return reply(200, body)(response, seen);
    const from = Number(url.searchParams.get("continuation-token") ?? 0);
    const listed = [...objects.keys()].slice(from, from + page);
    const isTruncated = from + page < objects.size;
    const next = isTruncated ? `<NextContinuationToken>${from + page}</NextContinuationToken>` : "";
    const contents = listed.map(
      (name) =>
        `<Contents><Key>${escapeXml(encodeURIComponent(name))}</Key><ETag>"${objects.get(name)}"</ETag><Size>${objects.get(name)?.length}</Size></Contents>`,
    );
    const text = `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${more || next}${contents.join("")}</ListBucketResult>`;
    return reply(200, text)(response, seen);
  };
};

const listed = (endpoint: string, url = "s3://lists/in/") =>
  project({
    source: "file_import",
    step,
    settings: {
      per_second: 1000,
      s3: { endpoint, anonymous: true },
      imports: [{ name: "all", url, columns: {} }],
    },
  });

test("whatever keys and pages a store has, each object is read once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc
          .string({ unit: "grapheme", minLength: 1, maxLength: 6 })
          .map((name) => name.replace(/[/\p{C}\p{Z}?#\\.]/gu, "_")),
        { minLength: 1, maxLength: 5 },
      ),
      fc.integer({ min: 1, max: 3 }),
      async (names, page) => {
        const objects = new Map(
          names.map((name, index) => [`in/${name}.txt`, `https://gull${index}.example/`]),
        );
        const server = await serve(store(objects, { page }));
        const own = listed(server.url);
        expect(await own.night()).toMatchObject([{ rows: names.length }, {}]);
        const urls = await own.landed<{ url: string }>(
          "rows",
          "select record->>'url' as url from landed order by url",
        );
        expect(urls.map(({ url }) => url)).toEqual([...objects.values()].sort());
      },
    ),
    { numRuns: 5 },
  );
}, 60_000);

test.each<[string, string, RegExp]>([
  [
    "a list that says it goes on and does not say where",
    "<X/>",
    /a part of its list without a way/,
  ],
  [
    "a list that never comes to its end",
    "<NextContinuationToken>0</NextContinuationToken>",
    /the same page of its list again/,
  ],
])("%s is no answer", async (_name, more, message) => {
  const objects = new Map([
    ["in/a.txt", "https://a.example/"],
    ["in/b.txt", "https://b.example/"],
  ]);
  const server = await serve(store(objects, { page: 1, more }));
  await expect(listed(server.url).night()).rejects.toThrow(message);
});

test("an object that comes shorter than it is listed is asked again", async () => {
  const whole = store(new Map([["in/a.txt", "https://a.example/\nhttps://b.example/"]]));
  const server = await serve(whole, reply(200, "https://a.example/\nht"), whole);
  expect(await listed(server.url).night()).toMatchObject([{ rows: 2 }, {}]);
  // The list is not asked for twice.
  expect(server.seen).toHaveLength(3);
});

test("a store that is busy is asked again; one bad file refuses its list by name", async () => {
  const slow = reply(
    503,
    "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
  );
  const objects = new Map([
    ["in/a.txt", "https://a.example/"],
    ["in/b.json", '{"cut":'],
  ]);
  const server = await serve(slow, store(objects));
  await expect(listed(server.url).night()).rejects.toThrow(/b\.json: the JSON was cut/);
  expect(server.seen.length).toBeGreaterThan(3);
});

test("a folder on disk is a list, too", async () => {
  const own = project({
    source: "file_import",
    step,
    settings: { imports: [{ name: "all", path: "lists/", columns: {} }] },
  });
  await expect(own.night()).rejects.toThrow("there is no such folder");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(`${own.root}/lists`);
  own.write("lists/b.csv", "name\nHeron\n");
  own.write("lists/a.txt", "https://gull.example/\n");
  expect(await own.night()).toMatchObject([{ rows: 2 }, {}]);
  expect(await own.night()).toMatchObject([{ unchanged: true }, {}]);
  own.write("lists/b.csv", "name\nHeron\nGull\n");
  expect(await own.night()).toMatchObject([{ rows: 3 }, {}]);
});

test("quarters of the hotel tax are read from a bucket", async () => {
  const row = `12345678901,GULL LLC,1 MAIN ST,AUSTIN,TX,78701,227,,00001,GULL INN,1 MAIN ST,AUSTIN,TX,78701,227,,12,20100101,,2026Q1,30,1000.00,900.00,\n`;
  const objects = new Map([
    ["hot/2026Q1.csv", row],
    ["hot/2026Q2.csv", row.replace("Q1", "Q2")],
    ["hot/readme.pdf", "%PDF"],
  ]);
  const server = await serve(store(objects));
  const settings = {
    per_second: 1000,
    s3: { endpoint: server.url, anonymous: true },
    folders: ["s3://lists/hot"],
  };
  const own = project({ source: "texas_hotel_tax", step: texas, settings });
  expect(await own.night()).toMatchObject([{ rows: 2 }]);
});
