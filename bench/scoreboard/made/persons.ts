import { Dice, type MadeRecord } from "./dice.ts";

const GIVEN =
  "James,Mary,Robert,Patricia,John,Jennifer,Michael,Linda,David,Elizabeth,William,Barbara,Richard,Susan,Joseph,Jessica,Thomas,Sarah,Christopher,Karen,Charles,Lisa,Daniel,Nancy,Matthew,Betty,Anthony,Margaret,Mark,Sandra,Steven,Ashley,Andrew,Dorothy,Edward,Katherine,Joshua,Amanda,Benjamin,Rebecca,Nicholas,Samantha,Samuel,Christine,Alexander,Victoria,José,Chloë,Søren,Zoé".split(
    ",",
  );
const SHORT: Readonly<Record<string, string>> = {
  James: "Jim",
  Robert: "Bob",
  William: "Bill",
  Elizabeth: "Liz",
  Margaret: "Peggy",
  Katherine: "Kate",
  Michael: "Mike",
  Thomas: "Tom",
  Rebecca: "Becky",
  Christopher: "Chris",
  Edward: "Ted",
  Richard: "Dick",
};

interface Person {
  readonly given: string;
  readonly middle: string;
  readonly family: string;
  readonly born: readonly [year: number, month: number, day: number];
  readonly home: Home;
  readonly phone: string;
  readonly email: string;
}

interface Home {
  readonly house: string;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly phone: string;
}

/**
 * Clients of a shop, of which some are listed again, and members of a club, names in one column. Traps: families under one roof with one
 * phone, twins, fathers and sons of one name, short forms, initials, marriages, moves, slips of the pen.
 */
export function madePersons(count: number, seed: number): MadeRecord[] {
  const dice = new Dice(seed);
  const families = Array.from({ length: Math.ceil(count / 4) }, () => dice.word(2));
  const streets = Array.from(
    { length: 80 },
    () => `${dice.word(2)} ${dice.of(["St", "Road", "Ave", "Lane"])}`,
  );
  const towns = Array.from({ length: 12 }, () => [dice.word(2), dice.digits(4)] as const);
  const records: MadeRecord[] = [];
  let thing = 0;
  while (thing < count) {
    const household = makeHousehold();
    for (const person of household) {
      if (dice.chance(0.8)) records.push({ source: "shop", thing, values: inShop(person) });
      if (dice.chance(0.25)) records.push({ source: "shop", thing, values: inShop(person) });
      if (dice.chance(0.5)) records.push({ source: "club", thing, values: inClub(person) });
      thing += 1;
    }
  }
  return records;

  function makeHome(): Home {
    const [city, postcode] = dice.of(towns);
    return {
      house: String(1 + dice.below(200)),
      street: dice.of(streets),
      city,
      postcode,
      phone: dice.digits(8),
    };
  }

  function makeHousehold(): Person[] {
    const size = dice.chance(0.4) ? 2 + dice.below(3) : 1;
    const home = makeHome();
    const family = dice.often(families);
    const shared = dice.chance(0.5);
    const members: Person[] = [];
    for (let member = 0; member < size; member += 1) {
      const given = dice.often(GIVEN);
      // Father and son may share a name; brothers and sisters do not.
      if (members.some((one) => one.given === given) && !dice.chance(0.2)) continue;
      const twin = member > 1 && dice.chance(0.1) ? members[member - 1]?.born : undefined;
      const year = member < 2 ? 1945 + dice.below(40) : 1985 + dice.below(20);
      members.push({
        given,
        middle: dice.of(GIVEN),
        family,
        born: twin ?? [year, 1 + dice.below(12), 1 + dice.below(28)],
        home,
        phone: shared ? home.phone : dice.digits(8),
        email:
          `${given}.${family}${dice.below(90)}@${dice.of(["gmail.com", "post.example", "mail.example"])}`.toLowerCase(),
      });
    }
    return members;
  }

  function inShop(person: Person): MadeRecord["values"] {
    const home = dice.chance(0.15) ? makeHome() : person.home;
    const family = dice.chance(0.02) ? dice.often(families) : slip(person.family, 0.06);
    const swap = dice.chance(0.02);
    const given = givenName(person);
    return {
      forename: swap ? family : given,
      lastname: swap ? given : family,
      dob: dice.chance(0.8) ? birthday(person.born, "-") : null,
      street_address: dice.chance(0.85) ? slip(`${home.house} ${home.street}`, 0.05) : null,
      town: dice.chance(0.9) ? slip(home.city, 0.03) : null,
      plz: dice.chance(0.9) ? home.postcode : null,
      mobile: dice.chance(0.6) ? `+61 ${person.phone.slice(0, 4)} ${person.phone.slice(4)}` : null,
      mail: dice.chance(0.6) ? slip(person.email, 0.04) : null,
      fullname: null,
    };
  }

  function inClub(person: Person): MadeRecord["values"] {
    const given = givenName(person);
    const initial = dice.chance(0.4) ? ` ${person.middle[0]}.` : "";
    return {
      forename: null,
      lastname: null,
      dob: dice.chance(0.6) ? birthday(person.born, "/") : null,
      street_address: dice.chance(0.6) ? `${person.home.street} ${person.home.house}` : null,
      town: dice.chance(0.8) ? person.home.city : null,
      plz: null,
      mobile: dice.chance(0.7) ? `0${person.phone}` : null,
      mail: dice.chance(0.4) ? person.email.toUpperCase() : null,
      fullname: dice.chance(0.5)
        ? `${slip(person.family, 0.05)}, ${given}${initial}`
        : `${dice.chance(0.2) ? "Mr " : ""}${given}${initial} ${slip(person.family, 0.05)}`,
    };
  }

  function givenName({ given }: Person): string {
    if (dice.chance(0.08)) return `${given[0]}.`;
    if (dice.chance(0.3)) return SHORT[given] ?? given;
    return slip(given, 0.06);
  }

  function slip(text: string, share: number): string {
    return dice.chance(share) ? dice.mistyped(text) : text;
  }

  function birthday([year, month, day]: Person["born"], sign: string): string {
    const two = (value: number) => String(value).padStart(2, "0");
    const wrong = dice.chance(0.04) ? 1 + dice.below(28) : day;
    if (sign === "/") return `${two(wrong)}/${two(month)}/${year}`;
    return dice.chance(0.02)
      ? `${year}-${two(wrong)}-${two(month)}`
      : `${year}-${two(month)}-${two(wrong)}`;
  }
}
