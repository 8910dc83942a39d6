/** Persons that nobody is: names of syllables, as unevenly spread as real ones, each listed one to nine times with other mistakes. */
export function personsCsv(entities: number): string {
  const random = generator(1);
  const words = (count: number, syllables: number) =>
    Array.from({ length: count }, () =>
      Array.from({ length: syllables + (random() < 0.3 ? 1 : 0) }, () =>
        pick(SYLLABLES, random),
      ).join(""),
    );
  const pools = {
    first: words(400, 2),
    last: words(4000, 2),
    place: words(90, 3),
    occupation: words(60, 3),
  };
  const lines = [
    "rec_id,source,cluster_id,first_name,surname,dob,birth_place,postcode_fake,gender,occupation",
  ];
  for (let entity = 0; entity < entities; entity += 1) {
    const person = {
      first: pick(pools.first, skewed(random)),
      last: pick(pools.last, skewed(random)),
      dob: dateOf(Math.floor(random() * 36_500)),
      place: pick(pools.place, skewed(random)),
      postcode: postcodeOf(random),
      gender: random() < 0.5 ? "male" : "female",
      occupation: pick(pools.occupation, skewed(random)),
    };
    const listed = 1 + Math.floor(random() * random() * 9);
    for (let at = 0; at < listed; at += 1) {
      lines.push(`${entity}-${at},all,${entity},${listing(person, random, at > 0).join(",")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

type Random = () => number;

const SYLLABLES =
  "ba be bi bo bra da de dor el en fa fin ga gro ha hel in ja jo ka ken la lin lo ma mar mi mon na nor o pa pe ra ri ro sa sel so ta ten ti tor u va vel vi wa wen yo za".split(
    " ",
  );

function listing(
  person: Readonly<
    Record<"first" | "last" | "dob" | "place" | "postcode" | "gender" | "occupation", string>
  >,
  random: Random,
  spoiled: boolean,
): string[] {
  const mistaken = (value: string, often: number) =>
    spoiled && random() < often ? typo(value, random) : value;
  const missing = (value: string, often: number) => (random() < often ? "" : value);
  let names = [mistaken(person.first, 0.18), mistaken(person.last, 0.15)];
  if (spoiled && random() < 0.05) names = [names[1] ?? "", names[0] ?? ""];
  const moved = spoiled && random() < 0.12 ? postcodeOf(random) : person.postcode;
  return [
    names[0] ?? "",
    missing(names[1] ?? "", 0.05),
    missing(mistaken(person.dob, 0.15), 0.2),
    missing(person.place, 0.15),
    missing(mistaken(moved, 0.08), 0.2),
    person.gender,
    missing(person.occupation, 0.45),
  ];
}

/** A letter or digit wrong, dropped, doubled or in its neighbour's place. */
function typo(value: string, random: Random): string {
  const at = Math.floor(random() * value.length);
  const [before, letter = "", after] = [value.slice(0, at), value[at], value.slice(at + 1)];
  const kind = Math.floor(random() * 4);
  if (kind === 0) return `${before}${after}`;
  if (kind === 1) return `${before}${letter}${letter}${after}`;
  if (kind === 2) return `${before}${after.slice(0, 1)}${letter}${after.slice(1)}`;
  const other = /[0-9]/.test(letter) ? Math.floor(random() * 10) : pick([..."aeionrst"], random);
  return `${before}${other}${after}`;
}

function postcodeOf(random: Random): string {
  const area = pick(
    ["ab", "cf", "dn", "ex", "gl", "hu", "ip", "ls", "ne", "sw", "tq", "yo"],
    random,
  );
  const inner = () => "abdefghj"[Math.floor(random() * 8)];
  return `${area}${1 + Math.floor(random() * 25)} ${1 + Math.floor(random() * 9)}${inner()}${inner()}`;
}

function dateOf(day: number): string {
  return new Date(Date.UTC(1860, 0, 1 + day)).toISOString().slice(0, 10);
}

function pick<T>(list: readonly T[], random: Random | number): T {
  const at = Math.floor((typeof random === "number" ? random : random()) * list.length);
  return list[at] as T;
}

/** Small numbers far more often than large ones, as names are. */
function skewed(random: Random): number {
  return random() ** 3;
}

/** mulberry32: the same persons on every machine. */
function generator(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
