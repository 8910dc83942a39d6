import { afterEach, describe, expect, test, vi } from "vitest";
import { spec } from "../../matchers/organization.ts";
import { EntityNight } from "./kit/entities.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Company {
  readonly core: string;
  readonly form?: string;
  readonly trade?: string;
  readonly number?: string;
  readonly source?: string;
  readonly state?: string;
  readonly abn?: string;
  readonly taxpayer?: string;
  readonly phone?: string;
  readonly letterBox?: string;
  readonly hotel?: number;
}

const COLUMNS = {
  record_id: "varchar",
  source: "varchar",
  name_core: "varchar",
  name_tokens: "varchar[]",
  legal_form: "varchar",
  trade_key: "varchar",
  number_key: "varchar",
  abn: "varchar",
  acn: "varchar",
  registration_number: "varchar",
  registered_by: "varchar",
  phone: "varchar",
  address_key: "varchar",
  state: "varchar",
  country: "varchar",
  hotel_id: "bigint",
};

const STEMS = "amber birch cobalt dune ember flint grove heron indigo juniper kelp larch".split(
  " ",
);
const TRADES = ["hospitality", "lodging", "holdings"];

/** Companies of houses of their own, every fourth named by a second register. */
const CROWD: readonly Company[] = Array.from({ length: 160 }, (_, index): Company[] => {
  const trade = TRADES[index % TRADES.length]!;
  const company = {
    core: `${STEMS[index % STEMS.length]} ${STEMS[(index * 5 + 3) % STEMS.length]}${index} ${trade}`,
    form: "llc",
    trade,
    hotel: index,
    phone: `+1305555${1000 + index}`,
  };
  return index % 4 === 0 ? [company, { ...company, source: "tax" }] : [company];
}).flat();

let nights: EntityNight[] = [];
afterEach(() => {
  for (const night of nights) night.close();
  nights = [];
});

/** Which of the companies are one, by their places. */
async function grouped(...companies: readonly Company[]): Promise<number[][]> {
  const night = await EntityNight.open("organization", spec, COLUMNS);
  nights.push(night);
  const named = (company: Company, index: number, prefix: string) => ({
    record_id: `${company.source ?? "register"}:${prefix}${index}`,
    source: company.source ?? "register",
    name_core: company.core,
    name_tokens: company.core.split(" "),
    legal_form: company.form || null,
    trade_key: company.trade ?? null,
    number_key: company.number ?? null,
    abn: company.abn ?? null,
    acn: null,
    registration_number: company.taxpayer ?? null,
    registered_by: company.taxpayer === undefined ? null : "tax",
    phone: company.phone ?? null,
    address_key: company.letterBox ?? null,
    state: company.state ?? "FL",
    country: "US",
    hotel_id: company.hotel ?? null,
  });
  await night.match([
    ...CROWD.map((company, index) => named(company, index, "crowd-")),
    ...companies.map((company, index) => named(company, index, "it-")),
  ]);
  return await night.groups("it-");
}

const BIG4: Company = {
  core: "quokka4 holiday parks",
  form: "pty ltd",
  trade: "parks",
  state: "NSW",
  hotel: 9001,
};

describe("one company", () => {
  test("in two houses, with the same name in one state", async () => {
    expect(await grouped(BIG4, { ...BIG4, hotel: 9002, source: "map" })).toEqual([[0, 1]]);
  });

  test("without its legal form on a map", async () => {
    const bare = { core: BIG4.core, trade: "parks", state: "NSW", hotel: 9001, source: "map" };
    expect(await grouped(BIG4, bare)).toEqual([[0, 1]]);
  });

  test("misspelt, with the same phone", async () => {
    const phone = "+61255501234";
    const slipped = { ...BIG4, core: "quokka4 holliday parks", phone, source: "map", hotel: 9002 };
    expect(await grouped({ ...BIG4, phone }, slipped)).toEqual([[0, 1]]);
  });

  test("under two names, with one registration number", async () => {
    const abn = "51824753556";
    const renamed = { core: "quokka4 parks trading", abn, state: "NSW", source: "map" };
    expect(await grouped({ ...BIG4, abn }, renamed)).toEqual([[0, 1]]);
  });
});

describe("two companies", () => {
  test.each<[string, Partial<Company>]>([
    ["of two legal forms", { form: "trust" }],
    ["of two trades", { core: "quokka4 holiday holdings", trade: "holdings" }],
    ["of two numbers", { core: "quokka4 holiday parks 12", number: "12" }],
    ["of one name in two houses, once without its legal form", { form: "", hotel: 9002 }],
    ["of one name in two states", { state: "QLD", hotel: 9002 }],
  ])("%s", async (_, change) => {
    const phone = change.hotel === undefined ? { phone: "+61255501234" } : {};
    const other = { ...BIG4, ...phone, ...change, source: "map" };
    expect(await grouped({ ...BIG4, ...phone }, other)).toEqual([[0], [1]]);
  });

  test("of two registration numbers", async () => {
    const one = { ...BIG4, taxpayer: "30000000017" };
    expect(await grouped(one, { ...one, taxpayer: "30000000034" })).toEqual([[0], [1]]);
  });
});
