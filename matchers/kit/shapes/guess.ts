import { COMPANY_ROLES } from "./companies.ts";
import { PERSON_ROLES } from "./persons.ts";
import { PLACE_ROLES } from "./places.ts";
import type { ColumnProfile } from "./profile.ts";
import { rolesByName } from "./synonyms.ts";
import { THING_ROLES } from "./things.ts";

export const SHAPE_NAMES = ["persons", "companies", "places", "things"] as const;
export type ShapeName = (typeof SHAPE_NAMES)[number];

export const ROLES: Readonly<Record<ShapeName, readonly string[]>> = {
  persons: PERSON_ROLES,
  companies: COMPANY_ROLES,
  places: PLACE_ROLES,
  things: THING_ROLES,
};

export interface Guess {
  readonly shape: ShapeName;
  /** Role → column, or SQL over several columns. */
  readonly roles: Readonly<Record<string, string>>;
  readonly columns: readonly {
    readonly column: string;
    readonly role: string | undefined;
    readonly why: string;
  }[];
}

/** What a role is called in another shape. */
const SAME: Readonly<Record<ShapeName, Readonly<Record<string, string>>>> = {
  persons: { name: "full_name", company_name: "employer", brand: "employer" },
  companies: {
    company_name: "name",
    full_name: "name",
    title: "name",
    kind: "industry",
    national_id: "registration_number",
  },
  places: { company_name: "name", title: "name", full_name: "name", industry: "kind" },
  things: {
    name: "title",
    company_name: "maker",
    full_name: "people",
    brand: "maker",
    registration_number: "code",
  },
};

/** Roles whose columns are put together where there are several. */
const TOGETHER = ["phone", "website", "email"];

/** Decides what a list is of and which column plays which role, by the columns' names and by what they hold. */
export function guess(
  profiles: readonly ColumnProfile[],
  told: {
    readonly shape?: ShapeName | undefined;
    /** Column → role, or `ignore`. */
    readonly columns?: Readonly<Record<string, string>> | undefined;
  } = {},
): Guess {
  // Of an empty table only the names can be judged.
  const empty = profiles.every(({ values }) => values === 0);
  const informative = profiles.map((profile) => ({
    profile,
    silent: empty ? undefined : silence(profile),
  }));
  const found = informative.map(({ profile, silent }) => {
    const said = told.columns?.[profile.column];
    if (said) return { profile, roles: [said], why: "as told" };
    if (silent) return { profile, roles: ["ignore"], why: silent };
    const named = rolesByName(profile.column).filter((role) => empty || believable(role, profile));
    if (named.length > 0) return { profile, roles: named, why: "by its name" };
    if (numbersRecords(profile))
      return { profile, roles: ["ignore"], why: "it numbers the records" };
    const held = roleByContent(profile);
    if (held) return { profile, roles: [held], why: "by what it holds" };
    return { profile, roles: [], why: "no role known" };
  });
  const usable = found.flatMap(({ profile, roles: fits }) =>
    fits.includes("ignore") ? [] : [profile],
  );
  const names = new Set(found.flatMap(({ roles }) => roles));
  const shape = told.shape ?? shapeOf(names, profiles);
  const roles: Record<string, string> = {};
  const best = new Map<string, ColumnProfile>();
  const columns = found.map(({ profile, roles: fits, why }) => {
    const { column } = profile;
    if (fits.includes("ignore")) return { column, role: undefined, why };
    const role = fits
      .map((one) => SAME[shape][one] ?? one)
      .find((one) => ROLES[shape].includes(one));
    if (!role) return { column, role: undefined, why: "compared as it is" };
    const before = best.get(role);
    const together = TOGETHER.includes(role) && shape !== "persons";
    if (before && !together && before.filled >= profile.filled) {
      return { column, role: undefined, why: `${before.column} is the ${role}` };
    }
    if (before && together) {
      roles[role] =
        `concat_ws(';', ${[before.column, column].map((one) => `"${one.replaceAll('"', '""')}"`).join(", ")})`;
    } else {
      roles[role] = column;
    }
    best.set(role, profile);
    return { column, role, why };
  });
  return { shape, roles: completed(shape, roles, usable), columns };
}

/** Why a column tells nothing, or nothing that may be used. */
function silence({ filled, values, distinct }: ColumnProfile): string | undefined {
  if (values === 0) return "it has no value";
  if (values === 1 && filled === 1 && distinct < 1) return "it has one value";
  return undefined;
}

/** A number of its own for each record is the record's, not the entity's. */
function numbersRecords({ filled, values, distinct, words, letters }: ColumnProfile): boolean {
  return distinct === 1 && filled === 1 && words < 1.05 && letters < 0.5 && values > 20;
}

/** Does the column hold what its name says? */
function believable(role: string, profile: ColumnProfile): boolean {
  const { emails, dates, numbers, letters, lowest, highest, words } = profile;
  if (role === "email") return emails >= 0.3;
  if (role === "latitude") return numbers > 0.9 && (lowest ?? -91) >= -90 && (highest ?? 91) <= 90;
  if (role === "longitude") {
    return numbers > 0.9 && (lowest ?? -181) >= -180 && (highest ?? 181) <= 180;
  }
  if (role === "date_of_birth") return dates >= 0.3 || numbers >= 0.3;
  if (["given_name", "family_name", "full_name", "name", "title", "company_name"].includes(role)) {
    return letters >= 0.3;
  }
  if (role === "state" || role === "city" || role === "kind") return letters >= 0.2 && words < 8;
  if (role === "code" || role === "external_id") return words < 3;
  return true;
}

function roleByContent(profile: ColumnProfile): string | undefined {
  const { emails, urls, phones, dates, numbers, commas, words, letters, distinct } = profile;
  if (emails >= 0.7) return "email";
  if (urls >= 0.7) return "website";
  if (phones >= 0.8 && dates < 0.3 && numbers < 0.95) return "phone";
  if (commas >= 0.7 && words >= 4 && words <= 12 && letters >= 0.9 && distinct > 0.3)
    return "address";
  return undefined;
}

function shapeOf(roles: ReadonlySet<string>, profiles: readonly ColumnProfile[]): ShapeName {
  const has = (...names: readonly string[]) => names.some((name) => roles.has(name));
  const named = profiles.find(({ column }) =>
    rolesByName(column).some((role) => ["name", "company_name", "title"].includes(role)),
  );
  if (
    has("given_name", "family_name") ||
    (has("full_name", "name") && has("date_of_birth", "national_id", "gender"))
  ) {
    return "persons";
  }
  if (
    has("registration_number", "trading_name", "company_name", "tax_number", "founded") ||
    (named?.legalForms ?? 0) >= 0.25
  ) {
    return "companies";
  }
  if (has("full_name") && !has("latitude", "name")) return "persons";
  if (has("title") && has("people", "part_of", "maker", "code")) return "things";
  if (
    has("latitude") ||
    (has("name", "title") && has("address", "street", "phone", "city", "postcode"))
  ) {
    return "places";
  }
  if (has("date_of_birth")) return "persons";
  return "things";
}

/** A shape without its name column takes the text that tells most records apart. */
function completed(
  shape: ShapeName,
  roles: Readonly<Record<string, string>>,
  profiles: readonly ColumnProfile[],
): Record<string, string> {
  const key = { persons: "full_name", companies: "name", places: "name", things: "title" }[shape];
  const named = roles[key] ?? roles.given_name ?? roles.family_name;
  const used = new Set(Object.values(roles));
  if (named) return { ...roles };
  const [text] = profiles
    .filter(
      ({ column, letters, words, filled }) =>
        !used.has(column) && letters >= 0.8 && words <= 12 && filled >= 0.3,
    )
    .sort((left, right) => right.distinct * right.filled - left.distinct * left.filled);
  return text ? { ...roles, [key]: text.column } : { ...roles };
}
