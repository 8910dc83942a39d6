import { afterEach, describe, expect, test, vi } from "vitest";
import { spec } from "../../matchers/person.ts";
import { EntityNight } from "./kit/entities.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Person {
  readonly given: string;
  readonly family: string;
  readonly source?: string;
  readonly middle?: string;
  readonly generation?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly letterBox?: string;
  readonly hotel: number;
  readonly ties?: readonly string[];
}

const COLUMNS = {
  record_id: "varchar",
  source: "varchar",
  given_key: "varchar",
  family_key: "varchar",
  middle_initial: "varchar",
  generation: "varchar",
  email: "varchar",
  phone: "varchar",
  address_key: "varchar",
  hotel_id: "bigint",
  owner_ties: "varchar[]",
};

const GIVEN = "alma bela carl dora emil fenja gustav hedda ivar johanna knut liv".split(" ");
const FAMILY =
  "abel brandt claussen dahl eklund frost gran holm isaksen jensen krog lund moe nygaard opdal".split(
    " ",
  );

/** Strangers in houses of their own, every fourth named by a second list. */
const CROWD: readonly Person[] = Array.from({ length: 160 }, (_, index): Person[] => {
  const person = {
    given: GIVEN[(index * 7) % GIVEN.length]!,
    family: FAMILY[(index * 11) % FAMILY.length]! + "abcdefghij"[index % 10],
    hotel: index,
    email: `p${index}@house${index}.example`,
    phone: `+1305555${1000 + index}`,
    ties: [`organization ${index}`],
  };
  const again = { ...person, source: "register" };
  return index % 4 === 0 ? [person, again] : [person];
}).flat();

let nights: EntityNight[] = [];
afterEach(() => {
  for (const night of nights) night.close();
  nights = [];
});

/** Which of the persons are one, by their places: `[[0, 1], [2]]`. */
async function grouped(...persons: readonly Person[]): Promise<number[][]> {
  const night = await EntityNight.open("person", spec, COLUMNS);
  nights.push(night);
  const named = (person: Person, index: number, prefix: string) => ({
    record_id: `${person.source ?? "list"}:${prefix}${index}`,
    source: person.source ?? "list",
    given_key: person.given,
    family_key: person.family === "" ? null : person.family,
    middle_initial: person.middle ?? null,
    generation: person.generation ?? null,
    email: person.email ?? null,
    phone: person.phone ?? null,
    address_key: person.letterBox ?? null,
    hotel_id: person.hotel,
    owner_ties: person.ties ?? [],
  });
  await night.match([
    ...CROWD.map((person, index) => named(person, index, "crowd-")),
    ...persons.map((person, index) => named(person, index, "it-")),
  ]);
  return await night.groups("it-");
}

const SMITH = { given: "john", family: "quistgaard", hotel: 9001 } as const;

describe("one person", () => {
  test("in full and by an initial, at one hotel", async () => {
    const short = { ...SMITH, given: "j", source: "register" };
    expect(await grouped(SMITH, short)).toEqual([[0, 1]]);
  });

  test("misspelt, with the same mailbox", async () => {
    const email = "john@quistgaard.example";
    const slipped = { ...SMITH, family: "quistgard", source: "register", email };
    expect(await grouped({ ...SMITH, email }, slipped)).toEqual([[0, 1]]);
  });

  test("in two houses of one company", async () => {
    const ties = ["organization 77"];
    const other = { ...SMITH, hotel: 9002, source: "register", ties };
    expect(await grouped({ ...SMITH, ties }, other)).toEqual([[0, 1]]);
  });

  test("in two houses with one phone and one letter box", async () => {
    const known = { phone: "+13055559999", letterBox: "po box 12, 33101", source: "register" };
    expect(await grouped({ ...SMITH, ...known }, { ...SMITH, ...known, hotel: 9002 })).toEqual([
      [0, 1],
    ]);
  });
});

describe("two persons", () => {
  test("of one name in two houses with nothing else in common", async () => {
    expect(await grouped(SMITH, { ...SMITH, hotel: 9002, source: "register" })).toEqual([[0], [1]]);
  });

  test("of one family in one house", async () => {
    const brother = { ...SMITH, given: "james", source: "register" };
    expect(await grouped(SMITH, brother)).toEqual([[0], [1]]);
  });

  test("father and son", async () => {
    const ties = ["organization 77"];
    const father = { ...SMITH, generation: "Sr", ties };
    expect(await grouped(father, { ...father, generation: "Jr", source: "register" })).toEqual([
      [0],
      [1],
    ]);
  });

  test("whose middle initials differ", async () => {
    const one = { ...SMITH, middle: "a" };
    expect(await grouped(one, { ...one, middle: "k", source: "register" })).toEqual([[0], [1]]);
  });

  test("an initial that fits two brothers joins one of them at most", async () => {
    const found = await grouped(
      SMITH,
      { ...SMITH, given: "james" },
      { ...SMITH, given: "j", source: "register" },
    );
    expect(found.every((group) => !(group.includes(0) && group.includes(1)))).toBe(true);
  });
});
