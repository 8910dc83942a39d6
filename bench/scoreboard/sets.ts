import { persons } from "../../matchers/kit/shapes/persons.ts";
import { places } from "../../matchers/kit/shapes/places.ts";
import { things } from "../../matchers/kit/shapes/things.ts";
import type { MatcherSpec } from "../../matchers/kit/spec.ts";

/** A labelled set: where it lies, which of its columns is which, and what others reach on it. */
export interface LabelledSet {
  readonly name: string;
  readonly spec: MatcherSpec;
  /** Columns nobody is shown. */
  readonly without?: readonly string[];
  /** `cluster_id` is complete, `truth_pairs` is, or only labelled pairs count. */
  readonly truth: "clusters" | "mapping" | "labels";
  /** Only pairs of two sources are asked for. */
  readonly across?: boolean;
  readonly target: string;
  /** What is published of Splink, or of others where nobody published Splink. */
  readonly published: string;
}

const FEBRL = {
  given_name: "given_name",
  family_name: "surname",
  date_of_birth: "date_of_birth",
  street_number: "street_number",
  street: "address_1",
  street_2: "address_2",
  city: "suburb",
  postcode: "postcode",
  state: "state",
  national_id: "soc_sec_id",
};
const FAKE = {
  given_name: "first_name",
  family_name: "surname",
  date_of_birth: "dob",
  city: "city",
  email: "email",
};
const HISTORICAL = {
  given_name: "first_name",
  family_name: "surname",
  date_of_birth: "dob",
  birth_place: "birth_place",
  postcode: "postcode_fake",
  gender: "gender",
  occupation: "occupation",
};

/** Which column is which, of the sets of persons that Splink's authors have settings for. */
export const PERSON_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  splink_historical_50k: HISTORICAL,
  splink_fake_1000: FAKE,
  febrl3: FEBRL,
  febrl4: FEBRL,
};

const RESTAURANT = { name: "name", address: "addr", city: "city", kind: "type" };
const GEO = {
  name: "name",
  latitude: "latitude",
  longitude: "longitude",
  address: "address",
  postcode: "postalCode",
};
const PAPER = { title: "title", people: "authors", part_of: "venue", year: "year" };

export const SETS: readonly LabelledSet[] = [
  {
    name: "splink_historical_50k",
    spec: persons({ columns: HISTORICAL }),
    truth: "clusters",
    target: "clusters 0.945, B3 0.95",
    published: "clusters 0.829 / 0.856, edges 0.767",
  },
  {
    name: "splink_fake_1000",
    spec: persons({ columns: FAKE }),
    truth: "clusters",
    target: "edges 0.945, clusters 0.992",
    published: "edges .5 0.806, best 0.862",
  },
  {
    name: "splink_fake_20000",
    spec: persons({ columns: FAKE }),
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl1",
    spec: persons({ columns: FEBRL }),
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl2",
    spec: persons({ columns: FEBRL }),
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl3",
    spec: persons({ columns: FEBRL }),
    truth: "clusters",
    target: "edges .5 0.999, best 0.9995",
    published: "edges .5 0.9929, best 0.9954",
  },
  {
    name: "febrl4",
    spec: persons({ columns: FEBRL, linkType: "link" }),
    truth: "clusters",
    across: true,
    target: "edges .5 and best 0.9999",
    published: "edges .5 0.9992, best 0.9998",
  },
  {
    name: "census",
    spec: persons({
      columns: {
        given_name: "first_name",
        family_name: "last_name",
        middle_name: "middle_name",
        street: "street_address",
        postcode: "zip_code",
      },
    }),
    truth: "mapping",
    target: "-",
    published: "-",
  },
  {
    name: "fodors_zagats",
    spec: places({ columns: { ...RESTAURANT, phone: "phone" }, linkType: "link" }),
    truth: "mapping",
    across: true,
    target: "0.995",
    published: "none (ZeroER 1.00)",
  },
  {
    name: "restaurant_hpi",
    without: ["phone"],
    spec: places({ columns: RESTAURANT }),
    truth: "clusters",
    target: "0.90",
    published: "none",
  },
  {
    name: "geoer_osm_fsq_pit",
    spec: places({ columns: GEO }),
    truth: "labels",
    target: "0.90",
    published: "none",
  },
  {
    name: "geoer_osm_yelp_pit",
    spec: places({ columns: GEO }),
    truth: "labels",
    target: "0.95",
    published: "none",
  },
  {
    name: "dblp_acm",
    spec: things({ columns: PAPER, linkType: "link" }),
    truth: "mapping",
    across: true,
    target: "0.990",
    published: "none (ZeroER 0.96)",
  },
  {
    name: "dblp_scholar_pairs",
    spec: things({ columns: PAPER }),
    truth: "labels",
    target: "-",
    published: "none (ZeroER 0.86)",
  },
  {
    name: "cora",
    spec: things({ columns: { ...PAPER, people: "author", number: "pages" } }),
    truth: "clusters",
    target: "-",
    published: "none (pyJedAI 0.771)",
  },
  {
    name: "abt_buy",
    spec: things({
      columns: { title: "name", description: "description", price: "price" },
      linkType: "link",
    }),
    truth: "mapping",
    across: true,
    target: "0.92",
    published: "none (ZeroER 0.52)",
  },
  {
    name: "amazon_google",
    spec: things({
      columns: { title: "title", maker: "manufacturer", price: "price" },
      linkType: "link",
    }),
    truth: "mapping",
    across: true,
    target: "-",
    published: "none (ZeroER 0.48)",
  },
  {
    name: "yelp_yellowpages",
    spec: places({
      columns: {
        name: "name",
        address: "address",
        city: "city",
        state: "state",
        postcode: "zipcode",
        phone: "phone",
      },
      linkType: "link",
    }),
    truth: "mapping",
    across: true,
    target: "recall only",
    published: "-",
  },
  {
    name: "oaei_restaurants",
    spec: places({
      columns: { name: "name", phone: "phone_number", street: "street" },
      linkType: "link",
    }),
    truth: "mapping",
    across: true,
    target: "-",
    published: "-",
  },
  {
    name: "fodors_zagats_pairs",
    spec: places({ columns: { ...RESTAURANT, phone: "phone" }, linkType: "link" }),
    truth: "labels",
    across: true,
    target: "-",
    published: "-",
  },
  {
    name: "walmart_amazon",
    spec: things({
      columns: {
        title: "title",
        maker: "brand",
        code: "modelno",
        price: "price",
        kind: "category",
      },
      linkType: "link",
    }),
    truth: "mapping",
    across: true,
    target: "-",
    published: "-",
  },
  {
    name: "musicbrainz_20k",
    spec: things({
      columns: {
        title: "title",
        people: "artist",
        part_of: "album",
        year: "year",
        number: "number",
        kind: "language",
      },
    }),
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "itunes_amazon_pairs",
    spec: things({
      columns: {
        title: "Song_Name",
        people: "Artist_Name",
        part_of: "Album_Name",
        kind: "Genre",
        price: "Price",
        year: "Released",
      },
    }),
    truth: "labels",
    target: "-",
    published: "-",
  },
  {
    name: "beer_pairs",
    spec: things({
      columns: { title: "Beer_Name", maker: "Brew_Factory_Name", kind: "Style", price: "ABV" },
    }),
    truth: "labels",
    target: "-",
    published: "-",
  },
];
