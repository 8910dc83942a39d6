import { bibliographic } from "./bibliographic.ts";
import { persons } from "./persons.ts";
import { places } from "./places.ts";
import { products } from "./products.ts";
import type { Shape } from "./shape.ts";

/** A labelled set: where it lies, which of its columns is which, and what others reach on it. */
export interface LabelledSet {
  readonly name: string;
  readonly shape: Shape;
  /** Standard column → column of the set. */
  readonly columns: Readonly<Record<string, string>>;
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
const RESTAURANT = { name: "name", address: "addr", city: "city", kind: "type" };
const GEO = {
  name: "name",
  latitude: "latitude",
  longitude: "longitude",
  address: "address",
  postcode: "postalCode",
};
const PAPER = { title: "title", authors: "authors", venue: "venue", year: "year" };

export const SETS: readonly LabelledSet[] = [
  {
    name: "splink_historical_50k",
    shape: persons,
    columns: {
      given_name: "first_name",
      family_name: "surname",
      date_of_birth: "dob",
      birth_place: "birth_place",
      postcode: "postcode_fake",
      gender: "gender",
      occupation: "occupation",
    },
    truth: "clusters",
    target: "clusters 0.945, B3 0.95",
    published: "clusters 0.829 / 0.856, edges 0.767",
  },
  {
    name: "splink_fake_1000",
    shape: persons,
    columns: FAKE,
    truth: "clusters",
    target: "edges 0.945, clusters 0.992",
    published: "edges .5 0.806, best 0.862",
  },
  {
    name: "splink_fake_20000",
    shape: persons,
    columns: FAKE,
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl1",
    shape: persons,
    columns: FEBRL,
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl2",
    shape: persons,
    columns: FEBRL,
    truth: "clusters",
    target: "-",
    published: "-",
  },
  {
    name: "febrl3",
    shape: persons,
    columns: FEBRL,
    truth: "clusters",
    target: "edges .5 0.999, best 0.9995",
    published: "edges .5 0.9929, best 0.9954",
  },
  {
    name: "febrl4",
    shape: persons,
    columns: FEBRL,
    truth: "clusters",
    across: true,
    target: "edges .5 and best 0.9999",
    published: "edges .5 0.9992, best 0.9998",
  },
  {
    name: "census",
    shape: persons,
    columns: {
      given_name: "first_name",
      family_name: "last_name",
      middle_name: "middle_name",
      street: "street_address",
      postcode: "zip_code",
    },
    truth: "mapping",
    target: "-",
    published: "-",
  },
  {
    name: "fodors_zagats",
    shape: places,
    columns: { ...RESTAURANT, phone: "phone" },
    truth: "mapping",
    across: true,
    target: "0.995",
    published: "none (ZeroER 1.00)",
  },
  {
    name: "restaurant_hpi",
    shape: places,
    columns: RESTAURANT,
    truth: "clusters",
    target: "0.90",
    published: "none",
  },
  {
    name: "geoer_osm_fsq_pit",
    shape: places,
    columns: GEO,
    truth: "labels",
    target: "0.90",
    published: "none",
  },
  {
    name: "geoer_osm_yelp_pit",
    shape: places,
    columns: GEO,
    truth: "labels",
    target: "0.95",
    published: "none",
  },
  {
    name: "dblp_acm",
    shape: bibliographic,
    columns: PAPER,
    truth: "mapping",
    across: true,
    target: "0.990",
    published: "none (ZeroER 0.96)",
  },
  {
    name: "dblp_scholar_pairs",
    shape: bibliographic,
    columns: PAPER,
    truth: "labels",
    target: "-",
    published: "none (ZeroER 0.86)",
  },
  {
    name: "cora",
    shape: bibliographic,
    columns: { ...PAPER, authors: "author", pages: "pages" },
    truth: "clusters",
    target: "-",
    published: "none (pyJedAI 0.771)",
  },
  {
    name: "abt_buy",
    shape: products,
    columns: { name: "name", description: "description", price: "price" },
    truth: "mapping",
    across: true,
    target: "0.92",
    published: "none (ZeroER 0.52)",
  },
  {
    name: "amazon_google",
    shape: products,
    columns: { name: "title", maker: "manufacturer", price: "price" },
    truth: "mapping",
    across: true,
    target: "-",
    published: "none (ZeroER 0.48)",
  },
];
