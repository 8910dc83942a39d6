import { Dice, type MadeRecord } from "./dice.ts";

const TRADES =
  "Logistics,Consulting,Software,Bakery,Engineering,Trading,Plumbing,Electric,Foods,Design,Media,Capital,Properties,Motors,Pharma,Textiles,Timber,Security,Travel,Cleaning".split(
    ",",
  );
const FORMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  GB: [
    ["Ltd", "Limited", "Ltd."],
    ["PLC", "plc"],
    ["LLP", "L.L.P."],
  ],
  DE: [["GmbH", "G.m.b.H."], ["GmbH & Co. KG", "GmbH & Co KG"], ["AG"]],
  AU: [["Pty Ltd", "Pty. Limited", "PTY LTD"]],
  FR: [["SARL", "S.A.R.L."], ["SAS"]],
  US: [
    ["Inc", "Inc.", "Incorporated"],
    ["LLC", "L.L.C."],
    ["Corp", "Corporation"],
  ],
};
const SHORT: readonly (readonly [string, string])[] = [
  ["Engineering", "Eng."],
  ["International", "Intl"],
  ["Services", "Svcs"],
  [" and ", " & "],
];

interface Company {
  readonly name: string;
  readonly form: readonly string[];
  readonly trading: string | null;
  readonly country: string;
  readonly number: string;
  readonly street: string;
  readonly house: string;
  readonly city: string;
  readonly postcode: string;
  readonly phone: string;
  readonly domain: string;
}

/**
 * A register, a sales list and a directory of made-up companies. Traps: groups under one rare word and one domain, agents' addresses
 * and phones, trading names, initials, moves, slips of the pen.
 */
export function madeCompanies(count: number, seed: number): MadeRecord[] {
  const dice = new Dice(seed);
  const families = Array.from({ length: Math.ceil(count / 30) }, () => dice.word(2));
  const streets = Array.from({ length: 60 }, () => dice.word(2));
  const towns = Array.from({ length: 15 }, () => [dice.word(2), dice.digits(5)] as const);
  const agents = Array.from({ length: 4 }, () => ({
    street: dice.of(streets),
    house: dice.digits(2),
    town: dice.of(towns),
    phone: dice.digits(9),
  }));
  const records: MadeRecord[] = [];
  for (let thing = 0; thing < count; thing += 1) {
    const company = makeCompany();
    if (dice.chance(0.85)) records.push({ source: "register", thing, values: inRegister(company) });
    for (let time = dice.chance(0.7) ? (dice.chance(0.15) ? 2 : 1) : 0; time > 0; time -= 1) {
      records.push({ source: "sales", thing, values: inSales(company) });
    }
    if (dice.chance(0.4))
      records.push({ source: "directory", thing, values: inDirectory(company) });
  }
  return records;

  function makeCompany(): Company {
    const country = dice.of(Object.keys(FORMS));
    const group = dice.chance(0.25);
    const rare = group ? dice.of(families) : dice.word(2 + dice.below(2));
    const second = dice.chance(0.2) ? ` and ${dice.word(2)}` : "";
    const words = [rare + second, dice.of(TRADES), dice.chance(0.2) ? "International" : ""];
    const agent = dice.chance(0.12) ? dice.of(agents) : undefined;
    const town = agent?.town ?? dice.of(towns);
    return {
      name: words.filter(Boolean).join(" "),
      form: dice.of(FORMS[country] ?? []),
      trading: dice.chance(0.1) ? `${dice.word(2)} ${dice.of(TRADES)}` : null,
      country,
      number: dice.digits(8),
      street: agent?.street ?? dice.of(streets),
      house: agent?.house ?? String(1 + dice.below(180)),
      city: town[0],
      postcode: town[1],
      phone: agent && dice.chance(0.5) ? agent.phone : `2${dice.digits(8)}`,
      domain:
        group && dice.chance(0.5)
          ? `${rare.toLowerCase()}.com`
          : `${dice.word(3).toLowerCase()}.com`,
    };
  }

  function inRegister(company: Company): MadeRecord["values"] {
    return {
      company_name: `${company.name} ${company.form[0]}`.toUpperCase(),
      company_number: company.number,
      address: `${company.house} ${company.street} Street`,
      town: company.city,
      zip: company.postcode,
      country: company.country,
      tel: null,
      url: null,
    };
  }

  function inSales(company: Company): MadeRecord["values"] {
    const moved = dice.chance(0.12);
    return {
      company_name: spelt(company),
      company_number: dice.chance(0.3)
        ? dice.chance(0.05)
          ? dice.mistyped(company.number)
          : company.number
        : null,
      address: dice.chance(0.7)
        ? moved
          ? `${1 + dice.below(180)} ${dice.of(streets)} Rd`
          : `${company.house} ${company.street} St.`
        : null,
      town: dice.chance(0.8) ? company.city : null,
      zip: dice.chance(0.7) ? (moved ? dice.of(towns)[1] : company.postcode) : null,
      country: dice.chance(0.9) ? company.country : null,
      tel: dice.chance(0.6) ? `+44 (0)${company.phone}` : null,
      url: dice.chance(0.6) ? `https://www.${company.domain}/contact` : null,
    };
  }

  function inDirectory(company: Company): MadeRecord["values"] {
    return {
      company_name:
        company.trading && dice.chance(0.6)
          ? `${company.name} t/a ${company.trading}`
          : spelt(company),
      company_number: null,
      address: `${company.street}str. ${company.house}, ${company.postcode} ${company.city}`,
      town: null,
      zip: null,
      country: null,
      tel: dice.chance(0.8) ? `0${company.phone.slice(0, 3)} / ${company.phone.slice(3)}` : null,
      url: dice.chance(0.5) ? company.domain : null,
    };
  }

  function spelt({ name, form, trading }: Company): string {
    if (trading && dice.chance(0.3)) return trading;
    const words = name.split(" ");
    if (words.length >= 3 && dice.chance(0.03)) return words.map((word) => word[0]).join("");
    let text = dice.chance(0.6) ? `${name} ${dice.of(form)}` : name;
    for (const [long, short] of SHORT) if (dice.chance(0.4)) text = text.replace(long, short);
    if (dice.chance(0.12)) text = dice.mistyped(text);
    return dice.chance(0.2) ? text.toUpperCase() : text;
  }
}
