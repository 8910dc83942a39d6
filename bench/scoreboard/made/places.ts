import { Dice, type MadeRecord } from "./dice.ts";

const KINDS =
  "Restaurant,Café,Pharmacy,Library,School,Hotel,Bakery,Museum,Gym,Bar,Supermarket,Church".split(
    ",",
  );
const CHAINS = "Burgerhof,Kaffeekiste,Pizza Plaza,Mega Mart,Fit Point,Apo Plus".split(",");

interface Place {
  readonly name: string;
  readonly kind: string;
  readonly street: string;
  readonly house: string;
  readonly postcode: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly phone: string;
}

/**
 * Two maps of a made-up region. Traps: chains, malls with many shops at one address, places named for their quarter or street, a place
 * inside a place, two orders of street and number, accents, positions that are off, phones of another form.
 */
export function madePlaces(count: number, seed: number): MadeRecord[] {
  const dice = new Dice(seed);
  const towns = Array.from({ length: 6 }, () => ({
    city: dice.word(2),
    postcode: dice.digits(4),
    latitude: 47 + dice.next(),
    longitude: 13 + dice.next(),
    streets: Array.from({ length: 25 }, () => dice.word(2)),
    quarters: Array.from({ length: 5 }, () => dice.word(2)),
  }));
  const records: MadeRecord[] = [];
  let mall: Place | undefined;
  for (let thing = 0; thing < count; thing += 1) {
    const place = makePlace();
    if (dice.chance(0.08)) mall = place;
    if (dice.chance(0.75)) records.push({ source: "citymap", thing, values: onCityMap(place) });
    if (dice.chance(0.06)) records.push({ source: "citymap", thing, values: onCityMap(place) });
    if (dice.chance(0.7)) records.push({ source: "guide", thing, values: inGuide(place) });
  }
  return records;

  function makePlace(): Place {
    const town = dice.of(towns);
    const kind = dice.of(KINDS);
    const inMall = mall && dice.chance(0.15) ? mall : undefined;
    const own = dice.of([
      `${dice.word(2)}`,
      `${dice.word(3)}`,
      `${dice.of(town.quarters)} ${kind}`,
      `${dice.word(2)} & ${dice.word(2)}`,
    ]);
    const name = dice.chance(0.15) ? dice.of(CHAINS) : own;
    return {
      name:
        name.includes(kind) || dice.chance(0.5)
          ? name
          : dice.chance(0.5)
            ? `${kind} ${name}`
            : `${name} ${kind}`,
      kind,
      street: inMall?.street ?? dice.of(town.streets),
      house: inMall?.house ?? String(1 + dice.below(120)),
      postcode: inMall?.postcode ?? town.postcode,
      city: inMall?.city ?? town.city,
      latitude: (inMall?.latitude ?? town.latitude + dice.next() * 0.04) + dice.next() * 0.0002,
      longitude: (inMall?.longitude ?? town.longitude + dice.next() * 0.05) + dice.next() * 0.0002,
      phone: `6${dice.digits(7)}`,
    };
  }

  function onCityMap(place: Place): MadeRecord["values"] {
    const filled = dice.chance(0.6);
    return {
      title: spelt(place),
      lat: (place.latitude + (dice.next() - 0.5) * 0.0008).toFixed(7),
      lng: (place.longitude + (dice.next() - 0.5) * 0.001).toFixed(7),
      full_address: filled
        ? `${place.street}straße ${place.house}, ${place.postcode} ${place.city}`
        : null,
      telephone: dice.chance(0.4) ? `+43 ${place.phone}` : null,
      amenity: place.kind.toLowerCase(),
    };
  }

  function inGuide(place: Place): MadeRecord["values"] {
    return {
      title: spelt(place),
      lat: (place.latitude + (dice.next() - 0.5) * 0.001).toFixed(5),
      lng: (place.longitude + (dice.next() - 0.5) * 0.0014).toFixed(5),
      full_address: dice.chance(0.8) ? `${place.house} ${place.street}str., ${place.city}` : null,
      telephone: dice.chance(0.7) ? `0${place.phone.slice(0, 3)}/${place.phone.slice(3)}` : null,
      amenity: dice.chance(0.9) ? place.kind : null,
    };
  }

  function spelt({ name, kind, city }: Place): string {
    let text = dice.chance(0.25) ? name.replace(kind, "").trim() || name : name;
    if (dice.chance(0.1)) text = `${text} ${city}`;
    if (dice.chance(0.1)) text = text.replace(" & ", " und ");
    return dice.chance(0.12) ? dice.mistyped(text) : text;
  }
}
