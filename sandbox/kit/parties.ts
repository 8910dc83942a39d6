import type { Owner, PartyTrap, Property, TruthMention } from "./property.ts";
import type { Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { misspell } from "./spelling.ts";
import { makeWord, type Person, SHORT_NAMES } from "./words.ts";

const FORMS = /(?:,? )(LLC|Inc|Corp|LP|Pty Ltd|Trust)$/;
const TRADES = ["Hospitality", "Lodging", "Hotels", "Properties", "Holdings", "Group"] as const;

/** How clerks and lists write a legal form. */
const FORM_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  LLC: ["L.L.C.", "L L C", "Limited Liability Company"],
  Inc: ["Inc.", "Incorporated"],
  Corp: ["Corp.", "Corporation"],
  LP: ["L.P.", "Limited Partnership"],
  "Pty Ltd": ["Pty. Ltd.", "Pty Limited", "PTY LTD."],
};

const SHORT_TRADES: Readonly<Record<string, string>> = {
  Hospitality: "Hosp",
  Properties: "Props",
  Holdings: "Hldgs",
  Group: "Grp",
};

/**
 * Makes persons and companies that are easily taken for one another: sister companies whose names differ in the trade,
 * the form or a number, a name registered in two states, namesakes in different houses.
 */
export function plantParties(random: Random, properties: readonly Property[]): Property[] {
  const owners = new Map<Owner, Owner>();
  const persons = new Map<Person, Person>();
  const taken = new Set<string>();
  const companies: string[] = [];
  const companiesOf = new Map<string, string[]>();
  const seen: Person[] = [];

  function personOf(person: Person): Person {
    const known = persons.get(person);
    if (known) return known;
    const name =
      seen.length > 3 && random.chance(RATES.parties.namesakes) ? random.pick(seen) : person;
    const made: Person = {
      first: name.first,
      last: name.last,
      ...(random.chance(RATES.parties.middleNames)
        ? { middle: random.text(1, "ABCDEFGHJKLMRST") }
        : {}),
    };
    persons.set(person, made);
    seen.push(made);
    return made;
  }

  function companyOf(company: string, state: string): string {
    const others = companiesOf.get(state) ?? [];
    companiesOf.set(state, others);
    const dice = random.next();
    const near = RATES.parties.nearNames;
    const base =
      others.length > 3 && dice < near
        ? nearName(random, random.pick(others))
        : companies.length > 3 && dice < near + RATES.parties.abroad
          ? random.pick(companies)
          : company;
    // A state registers a name once, in whatever form it is written.
    for (let name = base; ; name = name.replace(/^\S+/, makeWord(random))) {
      if (taken.has(`${state}/${name}`)) continue;
      taken.add(`${state}/${name}`);
      companies.push(name);
      others.push(name);
      return name;
    }
  }

  function ownerOf(owner: Owner, state: string): Owner {
    const known = owners.get(owner);
    if (known) return known;
    const made: Owner = {
      ...owner,
      company: companyOf(owner.company, state),
      person: personOf(owner.person),
    };
    owners.set(owner, made);
    return made;
  }

  return properties.map((property) => ({
    ...property,
    owner: ownerOf(property.owner, property.address.city.state),
    contact: personOf(property.contact),
  }));
}

/** A company the careless take for the first: another trade, form or number. */
function nearName(random: Random, name: string): string {
  const number = / (\d+) /.exec(name);
  if (number) return name.replace(number[0], ` ${Number(number[1]) + random.int(1, 9)} `);
  if (random.chance(0.6)) {
    const other = random.pick(TRADES);
    const changed = name.replace(new RegExp(`(${TRADES.join("|")})(?= )`), other);
    if (changed !== name) return changed;
  }
  return / (LLC|Inc|Corp|LP)$/.test(name)
    ? name.replace(FORMS, (found) => (found.endsWith("LLC") ? " Inc" : " LLC"))
    : name.replace(/ Pty Ltd$/, " Trust");
}

interface Written {
  readonly text: string;
  readonly traps: readonly PartyTrap[];
}

/** A person in the words of a list: in full, with initials, family name first, by a short name. */
export function listedPerson(random: Random, { first, middle, last }: Person): Written {
  const plain: Written = { text: `${first} ${last}`, traps: [] };
  switch (random.weighted(RATES.parties.listForms)) {
    case "initial":
      return { text: `${first.charAt(0)}. ${last}`, traps: ["initial"] };
    case "swapped":
      return { text: `${last}, ${first}`, traps: ["swapped"] };
    case "middle":
      return middle === undefined ? plain : { text: `${first} ${middle}. ${last}`, traps: [] };
    case "titled":
      return { text: `${random.pick(["Mr.", "Ms.", "Dr."])} ${first} ${last}`, traps: [] };
    case "short": {
      const short = SHORT_NAMES[first];
      return short === undefined ? plain : { text: `${short} ${last}`, traps: ["short_name"] };
    }
    case "misspelt":
      return { text: `${first} ${misspell(random, last)}`, traps: ["misspelling"] };
    default:
      return plain;
  }
}

/** Who holds a licence, in the words of a register: a company, or a person under the family name. */
export function licenseeOf(random: Random, { owner, name }: Property): Written {
  if (!owner.isPerson) return listedCompany(random, owner.company, name);
  const { first, middle, last } = owner.person;
  const given = middle !== undefined && random.chance(0.5) ? `${first} ${middle}` : first;
  return random.weighted<Written>([
    [{ text: `${last} ${given}`, traps: ["swapped"] }, 45],
    [{ text: `${last}, ${given}`, traps: ["swapped"] }, 40],
    [{ text: `${first} ${last}`, traps: [] }, 10],
    [{ text: `${first} ${last} Trustee`, traps: [] }, 5],
  ]);
}

/** A company as others write it: the form with its periods or written out, the trade cut short, a slip. */
export function listedCompany(random: Random, company: string, hotel: string): Written {
  const form = FORMS.exec(company)?.[1] ?? "";
  switch (random.weighted(RATES.parties.companyForms)) {
    case "form": {
      const spellings = FORM_SPELLINGS[form];
      if (!spellings) return { text: company, traps: [] };
      const comma = random.chance(0.4) ? "," : "";
      return {
        text: company.replace(FORMS, `${comma} ${random.pick(spellings)}`),
        traps: ["legal_form"],
      };
    }
    case "trade": {
      const text = company.replace(
        /(Hospitality|Properties|Holdings|Group)(?= )/,
        (word) => SHORT_TRADES[word] ?? word,
      );
      return { text, traps: text === company ? [] : ["abbreviation"] };
    }
    case "misspelt":
      return { text: misspell(random, company), traps: ["misspelling"] };
    case "trading":
      return { text: `${company} DBA ${hotel}`, traps: ["trading_name"] };
    default:
      return { text: company, traps: [] };
  }
}

/** Who runs a house, as a map says it: often without the legal form. */
export function listedOperator(random: Random, property: Property): Written & { company: string } {
  const name = property.manager ?? property.owner.company;
  const company = companyKey(name, property.address.city.state);
  return random.chance(RATES.parties.bareOperators)
    ? { text: name.replace(FORMS, ""), company, traps: ["legal_form"] }
    : { ...listedCompany(random, name, property.name), company };
}

/** The truth about a licensee's mention. */
export function licenseeMention(
  recordId: string,
  { owner, address }: Property,
  traps: readonly PartyTrap[],
): TruthMention {
  return owner.isPerson
    ? { recordId, person: owner.person, traps }
    : { recordId, company: companyKey(owner.company, address.city.state), traps };
}

/** A name says which company it is within its state only. */
export function companyKey(company: string, state: string): string {
  return `${state}/${company}`;
}
