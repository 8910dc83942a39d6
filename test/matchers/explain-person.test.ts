import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { explain } from "../../bin/commands/explain.ts";
import { spec } from "../../matchers/person.ts";
import { EntityNight } from "./kit/entities.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const COLUMNS = {
  record_id: "varchar",
  source: "varchar",
  full_name: "varchar",
  title: "varchar",
  given_key: "varchar",
  family_key: "varchar",
  middle_initial: "varchar",
  generation: "varchar",
  email: "varchar",
  phone: "varchar",
  address_key: "varchar",
  state: "varchar",
  hotel_id: "bigint",
  owner_ties: "varchar[]",
};

/** A person as a list and as a register names it. */
function named(source: string, place: number, given: string, family: string, hotel: number) {
  return {
    record_id: `${source}:${place}:contact`,
    source,
    full_name: `${given} ${family}`,
    title: null,
    given_key: given.toLowerCase(),
    family_key: family.toLowerCase(),
    middle_initial: null,
    generation: null,
    email: null,
    phone: null,
    address_key: null,
    state: "FL",
    hotel_id: hotel,
    owner_ties: [],
  };
}

let night: EntityNight;
const said = async (...terms: string[]) =>
  stripVTControlCharacters(await explain(terms, night.warehouse));

beforeAll(async () => {
  night = await EntityNight.open("person", spec, COLUMNS);
  const crowd = Array.from({ length: 80 }, (_, index) => {
    const family = `Crowd${String.fromCharCode(97 + (index % 26), 97 + (index % 7), 97 + (index % 5))}`;
    const given = ["Alma", "Bela", "Carl", "Dora"][index % 4]!;
    return [
      named("list", index, given, family, index),
      named("register", index, given, family, index),
    ];
  });
  await night.match([
    ...crowd.flat(),
    named("list", 900, "Marta", "Quist", 9001),
    named("register", 900, "M", "Quist", 9001),
    named("register", 901, "Marta", "Quist", 9002),
  ]);
});
afterAll(() => night.close());

test("a person is found by part of a name, with the evidence that joined the mentions", async () => {
  const lines = await said("register:900:contact");
  expect(lines).toContain("2 records");
  expect(lines).toContain("same family name, short given name");
  expect(lines).toContain("same hotel");
});

test("two namesakes are two persons, and why", async () => {
  expect(await said("list:900:contact", "register:901:contact")).toMatch(/two persons/);
});

test("a name that several bear asks which, by their ids", async () => {
  await expect(said("quist")).rejects.toThrow('"quist" names several persons');
});

test("nobody of that name is said so", async () => {
  await expect(said("zzz")).rejects.toThrow('no person, record or name like "zzz"');
});
