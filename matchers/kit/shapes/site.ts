import { among, type Company } from "../../comparisons/among.ts";
import { place } from "../../comparisons/place.ts";
import { sharedValue } from "../../comparisons/shared-value.ts";
import type { Comparison } from "../spec.ts";
import { addressLayers } from "./addresses.ts";
import type { Columns } from "./columns.ts";
import { nationalNumbersSql } from "./phones.ts";
import { ownDomainsSql, portalPagesSql } from "./websites.ts";

/** Roles of what stands somewhere and can be reached: a place, a company. */
export type SiteRole =
  | "address"
  | "street_number"
  | "street"
  | "unit"
  | "city"
  | "postcode"
  | "state"
  | "latitude"
  | "longitude"
  | "phone"
  | "email"
  | "website";

export interface Site {
  readonly layers: readonly Readonly<Record<string, string>>[];
  /** Where it stands. */
  readonly stands: readonly Comparison[];
  /** How it is reached. */
  readonly reached: readonly Comparison[];
  readonly spot: Omit<Company, "u">;
  readonly hasTown: boolean;
  readonly located: boolean;
  /** A comparison only of what lies apart: neighbours are of one town, to say so again proves nothing. */
  readonly elsewhere: (comparison: Comparison) => Comparison;
}

/** What columns say of where something stands and how it is reached; `neighbours`: how two at one spot agree in phones and sites. */
export function site(
  columns: Columns<SiteRole>,
  options: { readonly neighbours: readonly number[]; readonly moved?: number },
): Site {
  const { neighbours, moved } = options;
  const has = (...roles: readonly SiteRole[]) => roles.some((role) => columns[role]);
  const line = has("street") ? "street" : has("address") ? "address" : undefined;
  const located = has("latitude") && has("longitude");
  const spot = {
    name: "here",
    label: "on the spot",
    when: line || located ? "place_here" : "false",
  };
  return {
    located,
    hasTown: has("city") || line === "address",
    spot,
    layers: [
      ...addressLayers({
        ...(line ? { line: `role_${line}` } : {}),
        ...(has("street_number") ? { number: "role_street_number" } : {}),
        ...(has("city") ? { city: "role_city" } : {}),
        ...(has("postcode") ? { zip: "role_postcode" } : {}),
      }),
      {
        // California and CA do not contradict each other: only short codes are compared.
        place_region: has("state")
          ? "case when length(role_state) <= 3 then upper(role_state) end"
          : "null::varchar",
        place_latitude: located ? "try_cast(role_latitude as double)" : "null::double",
        place_longitude: located ? "try_cast(role_longitude as double)" : "null::double",
      },
    ],
    stands:
      line || located || has("postcode")
        ? place("place", {
            number: "part_number",
            street: "part_street",
            unit: has("unit") ? "role_unit" : "part_unit",
            // One town has many names, so another one does not make it another address.
            city: "null::varchar",
            zip: "part_zip",
            state: "place_region",
            latitude: "place_latitude",
            longitude: "place_longitude",
            ...(moved === undefined ? {} : { moved }),
          })
        : [],
    reached: [
      ...(has("phone") ? among(phones(), { ...spot, u: neighbours }) : []),
      ...(has("website", "email")
        ? among(websites(has("website"), has("email")), { ...spot, u: neighbours })
        : []),
    ],
    elsewhere: (comparison) => ({
      ...comparison,
      known: `(${comparison.known}) and not coalesce(${spot.when}, false)`,
    }),
  };
}

function phones(): Comparison {
  return sharedValue("phone", {
    own: nationalNumbersSql("role_phone"),
    labels: {
      own: "same phone",
      weak: "same weak number",
      weakDiffers: "other weak numbers",
      differs: "other phones",
    },
  });
}

function websites(sites: boolean, emails: boolean): Comparison {
  return sharedValue("website", {
    own: ownDomainsSql(sites ? ["role_website"] : [], emails ? ["role_email"] : []),
    ...(sites ? { weak: portalPagesSql(["role_website"]) } : {}),
    labels: {
      own: "same own domain",
      weak: "same page",
      weakDiffers: "other pages",
      differs: "other domains",
    },
  });
}
