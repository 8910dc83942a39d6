import { businessName } from "../../../matchers/comparisons/business-name.ts";
import { place } from "../../../matchers/comparisons/place.ts";
import { sharedValue } from "../../../matchers/comparisons/shared-value.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";

/** A spec of someone who knows only the column names of a list of places. */
export const spec: MatcherSpec = {
  input: "places",
  id: "record_id",
  source: "source",
  comparisons: [
    businessName("name", {
      core: "nullif(lower(trim(name)), '')",
      tokens: "string_split(lower(trim(name)), ' ')",
    }),
    ...place("place", {
      number: "number::varchar",
      street: "lower(street)",
      city: "lower(city)",
      zip: "zip::varchar",
      latitude: "latitude::double",
      longitude: "longitude::double",
    }),
    sharedValue("phone", {
      own: "list_filter([phone::varchar], lambda p: length(p) > 5)",
      labels: { own: "same phone", weak: "", weakDiffers: "", differs: "other phones" },
    }),
  ],
  blocking: [
    { name: "phone", each: "phone_own", cap: 60 },
    { name: "address", equal: ["rec.place_address"], cap: 60 },
    { name: "nearby", metres: 200, cap: 60 },
    { name: "name", equal: ["rec.name_core"], cap: 60 },
  ],
  training: {
    passes: [
      { given: "phone", levels: [0] },
      { given: "name", levels: [0] },
    ],
  },
  constraints: [],
};
