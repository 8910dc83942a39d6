import { existsSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type TestProject, testProject } from "../kit/project.ts";

const TIMEOUT = 60_000;
const HEADER = `"Licensee Name","Rank Code","Business Name","Location Street Address","Location City","Location Zip Code","License Number","Primary Status Code","Number of Seats or Rental Units"`;
const ROW = `"GULL LLC","HOTL","GULL INN","1 GULL RD","NAPLES","34102","HOT1","20","12"`;

const projects: TestProject[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
  for (const server of servers.splice(0)) server.close();
});

function project(settings: string, env: Record<string, string> = {}): TestProject {
  const made = testProject(
    `default_profile: test
contact: { url: https://example.com, email: ops@example.com }
profiles:
  test:
${settings}`,
    env,
  );
  projects.push(made);
  return made;
}

function register(text: string | Uint8Array): TestProject {
  const made = project("    sources:\n      florida_dbpr: { files: [good.csv, bad.csv] }\n");
  made.write("good.csv", `${HEADER}\n${ROW}\n`);
  made.write("bad.csv", text);
  return made;
}

function landedParts(made: TestProject): string[] {
  const folder = join(made.root, "data/landing");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((f) => f.endsWith(".parquet"));
}

async function licences(made: TestProject): Promise<string> {
  const { out } = await made.elt(
    "sql",
    "select string_agg(license_number, ' ' order by 1) as l from florida_dbpr.licences where outcome = 'ok'",
    "-o",
    "csv",
  );
  return out.trim().split("\n")[1] ?? "";
}

test(
  "a register with a changed header is refused by file and column; the other file lands",
  async () => {
    const made = register(`${HEADER.replace("License Number", "Permit")}\n${ROW}\n`);
    const { code, err } = await made.elt("run", "-s", "source:florida_dbpr+");
    expect(code).toBe(1);
    expect(err).toContain("bad.csv");
    expect(err).toMatch(/license_number|License Number/);
    expect(await licences(made)).toBe("HOT1");
  },
  TIMEOUT,
);

test(
  "a register that ends in the middle of a record is refused whole; the other file lands",
  async () => {
    const made = register(`${HEADER}\n${ROW.replace("HOT1", "HOT2")}\n"GULL LLC","HOTL","GULL`);
    const { code, err } = await made.elt("run", "-s", "source:florida_dbpr+");
    expect(code).toBe(1);
    expect(err).toContain("bad.csv");
    expect(await licences(made)).toBe("HOT1");
  },
  TIMEOUT,
);

test(
  "bytes that are no UTF-8 are read as what they are, or refused by file; nothing else is lost",
  async () => {
    const made = project(`    sources:
      file_import:
        imports:
          - { name: latin, source: latin, path: latin.csv, columns: { hotel_name: Name } }
`);
    made.write("latin.csv", Buffer.from("Name\nCaf\xe9 Gull Inn\n", "latin1"));
    const { code, err } = await made.elt("run", "-s", "source:file_import");
    expect(code, err).toBe(0);
    const { out } = await made.elt(
      "sql",
      `from read_parquet('${join(made.root, "data/landing/file_import/rows/*/*/*.parquet")}') select record`,
      "-o",
      "json",
    );
    expect(out).toContain("Café Gull Inn");
  },
  TIMEOUT,
);

test(
  "an error page of the map server with status 200 is not an answer",
  async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html><body>Error: runtime error: out of memory</body></html>");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const made = project(`    sources:
      openstreetmap:
        url: http://127.0.0.1:${port}/api/interpreter
        per_second: 1000
        areas: [{ name: gull, bbox: [25, -81, 26, -80] }]
`);
    const { code, err } = await made.elt("run", "-s", "source:openstreetmap+");
    expect(code).toBe(1);
    expect(err).toContain("openstreetmap");
    const { out } = await made.elt(
      "sql",
      "select count(*) as n from openstreetmap.answers where outcome = 'ok'",
      "-o",
      "csv",
    );
    expect(out.trim().split("\n")[1]).toBe("0");
  },
  TIMEOUT,
);

test(
  "a Postgres that cannot be reached fails the load by host and port; warehouse and landing stand",
  async () => {
    const made = project(
      `    sources:
      florida_dbpr: { files: [good.csv] }
    loaders:
      postgres: { url_env: TEST_DATABASE_URL, schema: leadhouse }
`,
      { TEST_DATABASE_URL: "postgres://someone:topsecret@127.0.0.1:1/nowhere" },
    );
    made.write("good.csv", `${HEADER}\n${ROW}\n`);
    const { code, err } = await made.elt("run");
    expect(code).toBe(1);
    expect(err).toContain("127.0.0.1:1");
    expect(err).toContain("TEST_DATABASE_URL");
    expect(err).not.toContain("topsecret");
    expect(existsSync(join(made.root, "data/warehouse.duckdb"))).toBe(true);
    expect(landedParts(made).length).toBeGreaterThan(0);
  },
  TIMEOUT,
);

test(
  "a misspelt ref stops the run before any work, with its place and the name that was meant",
  async () => {
    const made = project("    sources: {}\n");
    made.write("models/golden/extra.sql", "select *\nfrom {{ ref('golden_hotel') }}\n");
    const { code, err } = await made.elt("run");
    expect(code).toBe(2);
    expect(err).toContain("models/golden/extra.sql:2:");
    expect(err).toContain('did you mean "golden_hotels"?');
    expect(existsSync(join(made.root, "data/warehouse.duckdb"))).toBe(false);
  },
  TIMEOUT,
);

test(
  "a misspelt column stops the run before a request is made",
  async () => {
    const made = project("    sources:\n      florida_dbpr: { files: [good.csv] }\n");
    made.write("good.csv", `${HEADER}\n${ROW}\n`);
    made.write("models/golden/extra.sql", "select\n    nam\nfrom {{ ref('golden_hotels') }}\n");
    const { code, err } = await made.elt("run");
    expect(code).not.toBe(0);
    expect(err).toContain("models/golden/extra.sql:2:5");
    expect(landedParts(made)).toEqual([]);
  },
  TIMEOUT,
);

test(
  "a circle of models is shown as the way round",
  async () => {
    const made = project("    sources: {}\n");
    made.write("models/golden/hen.sql", "select * from {{ ref('egg') }}\n");
    made.write("models/golden/egg.sql", "select * from {{ ref('hen') }}\n");
    const { code, err } = await made.elt("run");
    expect(code).toBe(2);
    expect(err).toMatch(/hen.*egg|egg.*hen/s);
  },
  TIMEOUT,
);

test(
  "three mistakes of elt.yml are told together, each with its line",
  async () => {
    const made = project(`    sources:
      florida_dbpr: { files: 3 }
      openstretmap: {}
    loaders:
      postgres: { embeded: true }
`);
    const { code, err } = await made.elt("run");
    expect(code).toBe(2);
    expect(err).toContain("elt.yml:6:");
    expect(err).toContain("elt.yml:7:");
    expect(err).toContain("elt.yml:9:");
    expect(err).toContain('did you mean "openstreetmap"?');
  },
  TIMEOUT,
);
