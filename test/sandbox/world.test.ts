import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import exceljs from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { describeWorld, startWorld, type World } from "../../sandbox/world.ts";

const REGISTER = "sandbox://florida_dbpr/sto/file_download/extracts/hrlodge1.csv";
const OVERPASS = "sandbox://openstreetmap/api/interpreter";
const LODGING = '[out:json][timeout:60];nwr["tourism"~"^(hotel|motel|guest_house|apartment)$"]';

let world: World;
beforeAll(async () => {
  world = await startWorld({ seed: 3, properties: 400, faults: [], clock: steadyClock() });
});
afterAll(() => world.close());

/** A clock that moves a quarter of a second at each look. */
function steadyClock(): () => number {
  let now = Date.UTC(2026, 8, 20);
  return () => (now += 250);
}

interface Answer {
  readonly version: number;
  readonly generator: string;
  readonly osm3s: { readonly copyright: string };
  readonly elements: readonly {
    readonly type: string;
    readonly lat?: number;
    readonly lon?: number;
    readonly center?: { readonly lat: number; readonly lon: number };
    readonly tags: Readonly<Record<string, string>>;
  }[];
}

function overpass(query: string): Promise<Response> {
  return fetch(world.resolve(OVERPASS), {
    method: "POST",
    body: new URLSearchParams({ data: query }),
  });
}

describe("the register", () => {
  test("is Latin-1 with CRLF, every field quoted, 35 columns", async () => {
    const bytes = Buffer.from(await (await fetch(world.resolve(REGISTER))).arrayBuffer());
    const lines = bytes.toString("latin1").split("\r\n");
    expect(lines[0]?.split(",")).toHaveLength(35);
    expect(lines[0]).toMatch(/^"Board Code","License Type Code",.*,"Secondary Risk Level"$/);
    expect(lines.at(-1)).toBe("");
  });

  test("some bytes are accents that UTF-8 would not read", async () => {
    const files = await Promise.all(
      [1, 2, 3, 4, 5].map(async (district) => {
        const url = REGISTER.replace("1.csv", `${district}.csv`);
        return Buffer.from(await (await fetch(world.resolve(url))).arrayBuffer());
      }),
    );
    const all = Buffer.concat(files);
    expect(/[ÁÉÓ]/.test(all.toString("latin1"))).toBe(true);
    expect(all.toString("utf8").includes("\uFFFD")).toBe(true);
  });

  test("answers 304 to its own validators, and the file to others", async () => {
    const url = world.resolve(REGISTER);
    const first = await fetch(url);
    await first.arrayBuffer();
    const etag = first.headers.get("etag")!;
    const modified = first.headers.get("last-modified")!;
    const byTag = await fetch(url, { headers: { "if-none-match": etag } });
    const byDate = await fetch(url, { headers: { "if-modified-since": modified } });
    const other = await fetch(url, {
      headers: { "if-none-match": '"stale"', "if-modified-since": modified },
    });
    await other.arrayBuffer();
    expect([byTag.status, byDate.status, other.status]).toEqual([304, 304, 200]);
  });

  test("one district has the old header, one a column more", async () => {
    const header = async (district: number) => {
      const url = REGISTER.replace("1.csv", `${district}.csv`);
      return (await (await fetch(world.resolve(url))).text()).split("\r\n")[0];
    };
    expect(await header(6)).toContain('"Business Name (Location)"');
    expect(await header(7)).toMatch(/"Inspection Visit Id"$/);
  });

  test("what it does not have is 404", async () => {
    expect((await fetch(world.resolve(REGISTER.replace("1.csv", "9.csv")))).status).toBe(404);
  });
});

describe("the Overpass API", () => {
  test("gives what lies in the box, and nothing else", async () => {
    const everything = (await (await overpass(`${LODGING};out center;`)).json()) as Answer;
    const box = (await (
      await overpass(`${LODGING}(24.3,-83.2,27,-79.8);out center;`)
    ).json()) as Answer;
    const inside = everything.elements.filter((element) => {
      const { lat, lon } = element.center ?? { lat: element.lat!, lon: element.lon! };
      return lat >= 24.3 && lat <= 27 && lon >= -83.2 && lon <= -79.8;
    });
    expect(box.elements).toEqual(inside);
    expect(inside.length).toBeGreaterThan(30);
    expect(inside.length).toBeLessThan(everything.elements.length);
    expect(everything.elements.every(({ tags }) => tags.tourism)).toBe(true);
  });

  test("has the envelope of the real one", async () => {
    const answer = (await (
      await overpass(`${LODGING}(25,-81,26,-80);out center;`)
    ).json()) as Answer;
    expect(answer.version).toBe(0.6);
    expect(answer.generator).toMatch(/^Overpass API/);
    expect(answer.osm3s.copyright).toContain("ODbL");
    const node = answer.elements.find(({ type }) => type === "node");
    const way = answer.elements.find(({ type }) => type === "way");
    expect(node).toMatchObject({ lat: expect.any(Number), lon: expect.any(Number) });
    expect(way).toMatchObject({ center: { lat: expect.any(Number) }, nodes: expect.any(Array) });
  });

  test("also takes GET, and a bare body", async () => {
    const query = `${LODGING}(25,-81,26,-80);out count;`;
    const url = world.resolve(OVERPASS);
    const byGet = await (await fetch(`${url}?data=${encodeURIComponent(query)}`)).json();
    const byBody = await (await fetch(url, { method: "POST", body: query })).json();
    expect(byBody).toEqual(byGet);
  });

  test("refuses what it does not understand with a page that names the line", async () => {
    const response = await overpass("[out:json];\nhotels in Tampa;");
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toMatch(/Error<\/strong>: line 2: parse error:/);
  });

  test("tells its slots", async () => {
    const status = await (await fetch(world.resolve("sandbox://openstreetmap/api/status"))).text();
    expect(status).toContain("Rate limit: 2");
    expect(status).toContain("2 slots available now.");
  });
});

describe("the lists", () => {
  test("come in ranges", async () => {
    const url = world.resolve("sandbox://files/directory/texas.csv");
    const whole = await (await fetch(url)).text();
    const part = await fetch(url, { headers: { range: "bytes=0-9" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 0-9/${Buffer.byteLength(whole)}`);
    expect(await part.text()).toBe(whole.slice(0, 10));
    const beyond = await fetch(url, { headers: { range: "bytes=99999999-" } });
    expect(beyond.status).toBe(416);
  });

  test("the people list is a workbook that spreadsheet readers open", async () => {
    const bytes = await (
      await fetch(world.resolve("sandbox://files/people/contacts.xlsx"))
    ).arrayBuffer();
    const workbook = new exceljs.Workbook();
    await workbook.xlsx.load(bytes);
    const sheet = workbook.getWorksheet("Contacts")!;
    expect(sheet.getRow(1).getCell(1).text).toBe("First Name");
    expect(sheet.rowCount - 1).toBe(
      world.records().filter(({ recordId }) => recordId.startsWith("apollo:")).length,
    );
  });

  test("the list of addresses has one a line, numbered like its records", async () => {
    const text = await (await fetch(world.resolve("sandbox://files/urls/direct_urls.txt"))).text();
    const lines = text.trimEnd().split("\n");
    expect(lines.every((line) => URL.canParse(line))).toBe(true);
    expect(world.records().map(({ recordId }) => recordId)).toContain(
      `direct_urls:direct_urls-${lines.length}`,
    );
  });
});

describe("the world", () => {
  test("resolves its own addresses and leaves others alone", () => {
    expect(world.resolve(OVERPASS)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/interpreter$/);
    expect(world.resolve("https://example.com/x")).toBe("https://example.com/x");
    expect(() => world.resolve("sandbox://openstretmap/api")).toThrow(
      'did you mean "openstreetmap"?',
    );
  });

  test("remembers how it was asked", async () => {
    const quiet = await startWorld({ seed: 3, properties: 60, faults: [], clock: steadyClock() });
    const url = quiet.resolve("sandbox://files/crm/texas.csv");
    await (await fetch(url, { headers: { "user-agent": "leadhouse/0 (+test)" } })).arrayBuffer();
    await (await fetch(url, { headers: { "user-agent": "leadhouse/0 (+test)" } })).arrayBuffer();
    const traffic = quiet.log.traffic("files");
    await quiet.close();
    expect(traffic).toMatchObject({
      requests: 2,
      maxConcurrent: 1,
      userAgents: ["leadhouse/0 (+test)"],
    });
    expect(traffic.askedTwice).toHaveLength(1);
    expect(quiet.log.entries[0]).toMatchObject({
      source: "files",
      method: "GET",
      path: "/crm/texas.csv",
      status: 200,
    });
    expect(quiet.log.traffic("openstreetmap").requests).toBe(0);
  });

  test("describes itself", () => {
    expect(describeWorld(world)[0]).toMatch(
      /^sandbox seed 3: 400 lodging properties, [\d,]+ records/,
    );
  });
});

describe("the truth beside the data", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leadhouse-truth-"));
    await world.writeTruth(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("has every record with its property and traps", async () => {
    const warehouse = await Warehouse.open(":memory:");
    const records = await warehouse.first<{ n: bigint; orphans: bigint }>(`
      select count(*) as n, count(*) filter (where property_id not in (
        select property_id from '${folder}/sandbox/truth_properties.parquet'
      )) as orphans from '${folder}/sandbox/truth_records.parquet'`);
    const trapped = await warehouse.first<{ n: bigint }>(
      `select count(*) as n from '${folder}/sandbox/truth_records.parquet' where list_contains(traps, 'chain_next_door')`,
    );
    warehouse.close();
    expect(Number(records?.n)).toBe(world.records().length);
    expect(Number(records?.orphans)).toBe(0);
    expect(Number(trapped?.n)).toBeGreaterThan(0);
  });

  test("is not written again for the same world", async () => {
    const before = await stat(join(folder, "sandbox/truth_records.parquet"));
    await world.writeTruth(folder);
    const after = await stat(join(folder, "sandbox/truth_records.parquet"));
    expect(after.ino).toBe(before.ino);
    expect(after.mtimeMs).toBe(before.mtimeMs);
  });
});
