import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Landing, type Night, openNight } from "./kit/night.ts";

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

type Fields = Readonly<Record<string, string | undefined>>;

const HOUSE = { hotel_name: "Palm Court Inn", address: "12 Gulf Blvd", city: "Tampa", state: "FL" };

/** A list whose lines name persons, all of them at one hotel. */
function contacts(...lines: readonly Fields[]): Landing {
  const records = lines.map((line, index) => ({
    source_record_id: String(index + 1).padStart(2, "0"),
    ...HOUSE,
    website: "https://www.palmcourt.example/",
    ...line,
  }));
  return {
    lists: [{ source: "apollo", constants: { country: "US" }, records }],
    same: [records.map(({ source_record_id }) => `apollo:${source_record_id}`)],
  };
}

/** A register's licensees, each of a house of its own. */
function licensees(...names: readonly string[]): Landing {
  return {
    licences: names.map((licensee_name, index) => ({
      license_number: `HOT23000${String(index).padStart(2, "0")}`,
      business_name: `HOUSE ${index}`,
      licensee_name,
      location_street_address: `${index} OKLAHOMA ST`,
      location_city: "MIAMI",
      location_zip_code: "33139",
    })),
  };
}

async function read(landing: Landing, model: string, sql: string) {
  await night.build(landing, model);
  return (await night.rows(sql)).map((row) => Object.values(row));
}

type Case = readonly [name: string, parts: readonly (string | null)[] | undefined];

/** One row of a model per case, read from one night: nothing where the model has no row for it. */
async function readAll(
  landing: Landing,
  model: string,
  columns: string,
): Promise<(index: number) => readonly unknown[] | undefined> {
  const rows = await read(
    landing,
    model,
    `select regexp_extract(record_id, '(\\d\\d):', 1)::integer as place, ${columns} from resolution.${model}`,
  );
  return (index) => rows.find(([place]) => place === index)?.slice(1);
}

const NAME = "given_name, middle_name, family_name, generation";

describe("the contact", () => {
  const CASES: readonly Case[] = [
    ["John Smith", ["John", null, "Smith", null]],
    ["Smith, John", ["John", null, "Smith", null]],
    ["J. Smith", ["J.", null, "Smith", null]],
    ["Dr. John A. Smith Jr", ["John", "A.", "Smith", "Jr"]],
    ["Smith, John A., MBA", ["John", "A.", "Smith", null]],
    ["JOHN SMITH III", ["John", null, "Smith", "III"]],
    ["Ludwig van den Berg", ["Ludwig", null, "van den Berg", null]],
    ["María-José O'Brien", ["María-José", null, "O'Brien", null]],
    ["Marta", ["Marta", null, null, null]],
    ["Мария Иванова", ["Мария", null, "Иванова", null]],
    ["Reservations Team", undefined],
    ["Front Desk", undefined],
    ["Guest Services", undefined],
    ["Manager 2", undefined],
    ["Palm Court Inn", undefined],
    ["JS", undefined],
  ];
  let found: (index: number) => readonly unknown[] | undefined;
  beforeAll(async () => {
    const lines = CASES.map(([contact_name]) => ({ contact_name }));
    found = await readAll(contacts(...lines), "person_records", NAME);
  });

  test.each(CASES.map(([name, parts], index) => ({ name, parts, index })))(
    "$name is $parts",
    ({ parts, index }) => expect(found(index + 1)).toEqual(parts),
  );
});

describe("the licensee", () => {
  const PERSONS: readonly Case[] = [
    ["SMITH, JOHN A", ["John", "A", "Smith", null]],
    ["SMITH JOHN", ["John", null, "Smith", null]],
    ["JOHN SMITH TRUSTEE", ["John", null, "Smith", null]],
    ["DE LA CRUZ MARIA", ["Maria", null, "De La Cruz", null]],
    ["PHAN, DIEU HANH", ["Dieu", "Hanh", "Phan", null]],
  ];
  const COMPANIES: readonly Case[] = [
    ["QUOKKA4 HOLIDAY PARKS PTY. LTD.", ["quokka4 holiday parks", "pty ltd"]],
    ["Quokka4 Holiday Parks Pty Ltd", ["quokka4 holiday parks", "pty ltd"]],
    ["HERON HOSP, L.L.C.", ["heron hospitality", "llc"]],
    ["HERON HOLDINGS LLC DBA SEASIDE INN", ["heron holdings", "llc"]],
    ["HERON MANAGEMENT LLC", ["heron management", "llc"]],
    ["HERON GROUP LLC DBA HOTEL SEASIDE", ["heron group", "llc"]],
    ["SMITH FAMILY TRUST", ["smith", "trust"]],
    ["CASA COLLINS", ["casa collins", null]],
    ["ROSE GARDEN", ["rose garden", null]],
    ["SMITH JOHN & MARY", ["smith john mary", null]],
    ["101 OCEAN DRIVE INC", ["101 ocean drive", "inc"]],
  ];
  let persons: (index: number) => readonly unknown[] | undefined;
  let companies: (index: number) => readonly unknown[] | undefined;
  beforeAll(async () => {
    const landing = licensees(...[...PERSONS, ...COMPANIES].map(([name]) => name));
    persons = await readAll(landing, "person_records", NAME);
    companies = await readAll(landing, "organization_records", "name_core, legal_form");
  });

  test.each(PERSONS.map(([name, parts], index) => ({ name, parts, index })))(
    "$name is a person, $parts",
    ({ parts, index }) => {
      expect(persons(index)).toEqual(parts);
      expect(companies(index)).toBeUndefined();
    },
  );

  test.each(COMPANIES.map(([name, parts], index) => ({ name, parts, index })))(
    "$name is an organization, $parts",
    ({ parts, index }) => {
      expect(companies(PERSONS.length + index)).toEqual(parts);
      expect(persons(PERSONS.length + index)).toBeUndefined();
    },
  );
});

describe("of John Smith", () => {
  const MAILS: readonly (readonly [email: string, isOwn: boolean])[] = [
    ["john.smith@palmcourt.example", true],
    ["jsmith@palmcourt.example", true],
    ["john@palmcourt.example", true],
    ["smithfamily.example@gmail.com", true],
    ["info@palmcourt.example", false],
    ["owner@palmcourt.example", false],
    ["palmcourtinn.example@gmail.com", false],
    ["marta@palmcourt.example", false],
  ];
  let found: (index: number) => readonly unknown[] | undefined;
  beforeAll(async () => {
    const lines = MAILS.map(([email]) => ({ contact_name: "John Smith", email }));
    found = await readAll(contacts(...lines), "person_records", "email");
  });

  test.each(MAILS.map(([email, isOwn], index) => ({ email, isOwn, index })))(
    "$email on his line is his own: $isOwn",
    ({ email, isOwn, index }) => expect(found(index + 1)).toEqual([isOwn ? email : null]),
  );

  test("what a list gives as the contact's own is believed, but for free and role mailboxes", async () => {
    const names = { contact_name: "John Smith" };
    const landing = contacts(
      { ...names, contact_email: "js71@palmcourt.example" },
      { ...names, contact_email: "coolguy.example@gmail.com" },
      { ...names, contact_email: "gm@palmcourt.example" },
    );
    const sql = "select email from resolution.person_records order by record_id";
    expect(await read(landing, "person_records", sql)).toEqual([
      ["js71@palmcourt.example"],
      [null],
      [null],
    ]);
  });
});

const DECIDERS =
  "select full_name, title, is_decision_maker, email, effective_confidence::double from golden.decision_makers order by hotel_id, place";

describe("decision makers", () => {
  test("stand in the order of their titles, each title in one spelling", async () => {
    const landing = contacts(
      { contact_name: "Bo Vik", contact_title: "Duty Manager" },
      { contact_name: "Marta Quist", contact_title: "GM" },
      { contact_name: "Liv Dahl", contact_title: "Owner/Operator" },
    );
    expect(await read(landing, "decision_makers", DECIDERS)).toEqual([
      ["Liv Dahl", "Owner", true, null, 0.5],
      ["Marta Quist", "General Manager", true, null, 0.5],
      ["Bo Vik", "Manager", false, null, 0.4],
    ]);
  });

  test("of a given name alone need a way to be reached", async () => {
    const landing = contacts(
      { contact_name: "Marta", contact_email: "marta@palmcourt.example" },
      { contact_name: "Bertil" },
    );
    expect(await read(landing, "decision_makers", DECIDERS)).toEqual([
      ["Marta", "Other", false, "marta@palmcourt.example", 0.2],
    ]);
  });

  test("that two independent sources name are surer, and a register is believed alone", async () => {
    const [list] = contacts({ contact_name: "John Smith", contact_title: "Owner" }).lists ?? [];
    const landing = {
      ...licensees("SMITH, JOHN"),
      lists: [list!],
      same: [
        ["apollo:01", "florida_dbpr:HOT2300000"],
        ["apollo:01:contact", "florida_dbpr:HOT2300000:licensee"],
      ],
    };
    expect(await read(landing, "decision_makers", DECIDERS)).toEqual([
      ["John Smith", "Owner", true, null, 1],
    ]);
    expect(await read(licensees("SMITH, JOHN"), "decision_makers", DECIDERS)).toEqual([
      ["John Smith", "Owner", true, null, 0.95],
    ]);
  });

  test("a name at ten houses owns none of them", async () => {
    const names = Array.from({ length: 10 }, () => "SMITH, JOHN");
    const landing = {
      ...licensees(...names),
      same: [names.map((_, index) => `florida_dbpr:HOT230000${index}:licensee`)],
    };
    const rows = await read(landing, "decision_makers", DECIDERS);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual(["John Smith", "Manager", false, null, 0.95]);
  });

  test("who asked to be left alone is gone, with every mention", async () => {
    const landing = contacts(
      { contact_name: "John Smith", contact_email: "john@palmcourt.example" },
      { contact_name: "J. Smith" },
      { contact_name: "Liv Dahl" },
    );
    const same = [...(landing.same ?? []), ["apollo:01:contact", "apollo:02:contact"]];
    await night.rows(
      "insert into seeds.suppressions values ('email', 'john@palmcourt.example', 'asked', date '2026-06-01')",
    );
    try {
      const rows = await read({ ...landing, same }, "decision_makers", DECIDERS);
      expect(rows.map(([name]) => name)).toEqual(["Liv Dahl"]);
    } finally {
      await night.rows("delete from seeds.suppressions");
    }
  });

  test("every published value of theirs says where it is from", async () => {
    const landing = contacts(
      { contact_name: "John Smith", contact_title: "Owner", email: "john@palmcourt.example" },
      { contact_name: "J. Smith", contact_title: "Proprietor" },
    );
    const same = [...(landing.same ?? []), ["apollo:01:contact", "apollo:02:contact"]];
    const sql =
      "select field_name, field_value, is_winner, reason from golden.contact_provenance order by field_name, is_winner desc, field_value";
    expect(await read({ ...landing, same }, "contact_provenance", sql)).toEqual([
      ["decision_maker", "John Smith", true, "best candidate"],
      ["decision_maker", "J. Smith", false, "another spelling or title"],
      ["dm_email", "john@palmcourt.example", true, "best candidate"],
      ["title", "Owner", true, "best candidate"],
      ["title", "Proprietor", false, "another spelling or title"],
    ]);
  });
});

test("an organization has its best name, its numbers and its houses", async () => {
  const landing = {
    ...licensees("HERON HOSP LLC", "HERON HOSPITALITY L.L.C. DBA HERON INN"),
    same: [["florida_dbpr:HOT2300000:licensee", "florida_dbpr:HOT2300001:licensee"]],
  };
  const sql =
    "select legal_name, legal_form, trading_names, hotel_count from golden.golden_organizations";
  expect(await read(landing, "golden_organizations", sql)).toEqual([
    ["Heron Hosp LLC", "llc", ["Heron Inn"], 2n],
  ]);
  const roles = "select role, count(*) from golden.hotel_organizations group by all";
  expect(await read(landing, "hotel_organizations", roles)).toEqual([["licensee", 2n]]);
});
