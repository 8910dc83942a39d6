import type { Comparison } from "../kit/spec.ts";

/** Records of one source at one address from which it is a tower or a row of shops. */
const CROWD = 3;

export interface PlaceColumns {
  readonly number: string;
  readonly street: string;
  readonly unit?: string;
  readonly city: string;
  readonly zip: string;
  readonly state?: string;
  readonly latitude?: string;
  readonly longitude?: string;
  /** SQL over the input row: what tells the holders of an address apart. Default the record. */
  readonly holder?: string;
  /** SQL over `l` and `r`: do both have a name? Without one, to lie near proves nothing: it may be the neighbour. */
  readonly named?: string;
  /** Share of matches whose addresses differ and do not lie near each other, at most. Default whatever is learned. */
  readonly moved?: number;
}

/**
 * Where it is, as two comparisons of which a pair uses one: `address` when both have number and street (with the
 * distance as a witness), else `area`. Address, distance, postcode and city state one fact; counted apart they
 * would prove it three times over.
 */
export function place(name: string, columns: PlaceColumns): readonly [Comparison, Comparison] {
  const { number, street, city, zip, holder = "id", named = "true", moved } = columns;
  const seldom = moved === undefined ? {} : { most: moved };
  const unit = columns.unit ?? "null::varchar";
  const state = columns.state ?? "null::varchar";
  const lat = columns.latitude ?? "null::double";
  const lon = columns.longitude ?? "null::double";
  const the = (part: string) => `${name}_${part}`;
  const both = (part: string) => `l.${the(part)} = r.${the(part)}`;
  const onMap = `isfinite(${lat}) and isfinite(${lon}) and abs(${lat}) <= 90 and abs(${lon}) <= 180`;
  const address = {
    name: "address",
    columns: {
      [the("number")]: number,
      [the("number_value")]: `try_cast(regexp_extract(${number}, '^[0-9]+') as integer)`,
      [the("street")]: street,
      [the("unit")]: unit,
      [the("city")]: city,
      [the("zip")]: `left(${zip}, 5)`,
      [the("state")]: state,
      // Half a position is none.
      lat: `case when ${onMap} then ${lat} end`,
      lon: `case when ${onMap} then ${lon} end`,
      // Metres in a degree of longitude here.
      lon_metres: `case when ${onMap} then 111320 * cos(radians(${lat})) end`,
      // 25.79, -80.13 stands for any place within a kilometre; both figures must be short to say so.
      coarse_metres: `case
    when ${onMap} and round(${lat}, 2) = ${lat} and round(${lon}, 2) = ${lon} then 1000
    when ${onMap} and round(${lat}, 3) = ${lat} and round(${lon}, 3) = ${lon} then 100
    else 0
  end`,
    },
    dictionaries: {
      [the("address")]: {
        kind: "value",
        sql: `${number} || ' ' || ${street} || ', ' || coalesce(${city}, left(${zip}, 5), '')`,
        holder,
      },
    },
    similarities: [
      {
        [the("named")]: `coalesce(${named}, false)`,
        [the("same_number")]:
          `coalesce(${both("number")}, false) or coalesce(${both("number_value")}, false)`,
        [the("number_gap")]: `abs(l.${the("number_value")} - r.${the("number_value")})`,
        [the("same_street")]: `coalesce(${both("street")}, false)`,
        [the("street_spelling")]: `case
    when l.${the("street")} = r.${the("street")} then 1
    when starts_with(l.${the("street")}, r.${the("street")}) or starts_with(r.${the("street")}, l.${the("street")}) then 0.95
    else jaro_winkler_similarity(l.${the("street")}, r.${the("street")})
  end`,
        [the("both_streets")]:
          `l.${the("number")} is not null and r.${the("number")} is not null and l.${the("street")} is not null and r.${the("street")} is not null`,
        [the("other_unit")]: `coalesce(l.${the("unit")} <> r.${the("unit")}, false)`,
        [the("same_zip")]: both("zip"),
        [the("same_city")]: `${both("city")} and coalesce(${both("state")}, true)`,
        [the("other_state")]: `coalesce(l.${the("state")} <> r.${the("state")}, false)`,
        [the("metres")]:
          // Guarded: greatest(0, null) is 0, and whoever has no position would lie on the spot.
          `case when l.lat is not null and r.lat is not null then greatest(
      0,
      sqrt(((l.lon - r.lon) * l.lon_metres) ** 2 + ((l.lat - r.lat) * 110574) ** 2)
        - greatest(l.coarse_metres, r.coarse_metres)
    ) end`,
        [the("exact_position")]: "l.coarse_metres = 0 and r.coarse_metres = 0",
        [the("holders")]: `greatest(l.${the("address")}_count, r.${the("address")}_count)`,
      },
      {
        [the("same_town")]:
          `coalesce(${the("same_zip")}, false) or coalesce(${the("same_city")}, false)`,
        [the("local")]: `not ${the("other_state")} and (
      coalesce(${the("same_zip")}, false) or coalesce(${the("same_city")}, false) or coalesce(${the("metres")} <= 2000, false)
      or coalesce(${the("same_zip")}, ${the("same_city")}, ${the("metres")} <= 2000) is null
    )`,
        [the("like_street")]: `coalesce(${the("street_spelling")} >= 0.92, false)`,
        // Neighbours: one street, two numbers.
        [the("other_number")]:
          `${the("both_streets")} and ${the("same_street")} and not ${the("same_number")}`,
        [the("near")]: `coalesce(${the("exact_position")} and ${the("metres")} <= 60, false)`,
      },
      {
        [the("at_address")]: `${the("same_number")} and ${the("same_street")} and ${the("local")}`,
        // Do the two stand where neighbours stand: at one address, or within a stone's throw?
        [the("here")]:
          `coalesce(${the("exact_position")} and ${the("metres")} <= 150, false) or (${the("same_number")} and ${the("same_street")} and ${the("local")})`,
      },
    ],
    known: the("both_streets"),
    frequency: the("holders"),
    counted: the("address"),
    levels: [
      {
        label: "same address",
        when: `${the("at_address")} and not ${the("other_unit")} and ${the("holders")} < ${CROWD}`,
        m: 0.6,
        u: 0.0003,
        rarity: true,
      },
      {
        label: "same address, shared by several",
        when: `${the("at_address")} and not ${the("other_unit")}`,
        m: 0.06,
        u: 0.0003,
        rarity: true,
      },
      {
        label: "same address, another unit",
        when: the("at_address"),
        m: 0.02,
        u: 0.0002,
        rarity: true,
      },
      {
        label: "same number, street alike",
        when: `${the("same_number")} and ${the("like_street")} and ${the("local")}`,
        m: 0.1,
        u: 0.0001,
      },
      {
        label: "within 60 m, another street",
        when: `${the("near")} and not ${the("other_number")}`,
        m: 0.06,
        u: 0.0005,
      },
      {
        label: "within 60 m, another number in the street",
        when: the("near"),
        m: 0.03,
        u: 0.0005,
      },
      {
        label: "numbers close in one street",
        when: `${the("other_number")} and ${the("number_gap")} <= 10 and ${the("local")} and coalesce(${the("metres")} <= 400, true)`,
        m: 0.03,
        u: 0.0004,
      },
      {
        label: "within 200 m, another street",
        when: `${the("metres")} <= 200 and not ${the("other_number")}`,
        m: 0.03,
        u: 0.002,
      },
      {
        label: "another number in the street",
        when: `${the("other_number")} and ${the("local")}`,
        m: 0.01,
        u: 0.01,
        contrary: true,
      },
      { label: "addresses differ, one town", when: the("local"), m: 0.04, u: 0.05, ...seldom },
      { label: "addresses differ, elsewhere", m: 0.02, u: 0.93, ...seldom },
    ],
  } satisfies Comparison;
  const area = {
    name: "area",
    columns: {},
    similarities: [],
    unless: "address",
    known: `${the("named")} and not ${the("both_streets")} and coalesce(${the("metres")} is not null or ${the("same_zip")} is not null or ${the("same_city")} is not null, false)`,
    levels: [
      { label: "within 60 m", when: the("near"), m: 0.3, u: 0.0003 },
      { label: "within 200 m", when: `${the("metres")} <= 200`, m: 0.15, u: 0.002 },
      { label: "within 1 km", when: `${the("metres")} <= 1000`, m: 0.1, u: 0.01 },
      {
        label: "same postcode",
        when: `${the("same_zip")} and coalesce(${the("metres")} <= 5000, true)`,
        m: 0.2,
        u: 0.01,
      },
      {
        label: "same town",
        when: `${the("same_city")} and coalesce(${the("metres")} <= 5000, true)`,
        m: 0.15,
        u: 0.05,
      },
      {
        label: "elsewhere",
        m: moved === undefined ? 0.1 : Math.min(0.1, moved),
        u: 0.93,
        ...seldom,
      },
    ],
  } satisfies Comparison;
  return [address, area];
}
