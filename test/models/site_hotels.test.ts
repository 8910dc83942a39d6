import { afterAll, beforeAll, expect, test } from "vitest";
import { envelope, type Night, openNight } from "./kit/night.ts";

type Fields = Readonly<Record<string, unknown>>;

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

const HOUSE = {
  "@type": "Motel",
  name: "Gull & Heron Inn",
  telephone: "(813) 555-0142",
  email: "stay@gull.com",
  url: "https://www.gull.com/",
  address: {
    streetAddress: "12 Pelican Ave",
    addressLocality: "Tampa",
    addressRegion: "FL",
    postalCode: "33602",
    addressCountry: "US",
  },
  geo: { latitude: "27.95", longitude: -82.46 },
};

const script = (text: string) => `<script type='application/ld+json' async>${text}</script>`;

function page(body: string, more: Fields = {}): Fields {
  return {
    ...envelope("archive"),
    url: "https://www.gull.com/",
    captured_at: "2026-03-01 10:00:00",
    warc_filename: "crawl-data/X/warc/a.warc.gz",
    warc_record_offset: 100,
    page_kind: "home",
    page_rank: 4,
    http_status: 200,
    mime: "text/html",
    body,
    ...more,
  };
}

async function crawled(pages: readonly Fields[], columns: string) {
  await night.build({ tables: { "common_crawl.pages": pages } }, "hotel_records");
  return await night.rows(`select ${columns} from resolution.hotel_records order by record_id`);
}

const NAMES = "record_id, hotel_name";
const ONE = [
  { record_id: "common_crawl:gull.com/gull-and-heron-inn", hotel_name: "Gull & Heron Inn" },
];

test("a house is what its page says of it, on the day it was captured", async () => {
  expect(
    await crawled(
      [page(script(JSON.stringify(HOUSE)))],
      "record_id, category, phone, email, domain, street_number, city, state, zip_code, country, latitude, observed_at::date::varchar as day",
    ),
  ).toEqual([
    {
      record_id: "common_crawl:gull.com/gull-and-heron-inn",
      category: "motel",
      phone: "+18135550142",
      email: "stay@gull.com",
      domain: "gull.com",
      street_number: "12",
      city: "Tampa",
      state: "FL",
      zip_code: "33602",
      country: "US",
      latitude: 27.95,
      day: "2026-03-01",
    },
  ]);
});

test.each<[string, string]>([
  ["in a list", `[{"@type": "WebPage", "name": "Home"}, ${JSON.stringify(HOUSE)}]`],
  ["in a graph", `{"@graph": [{"@type": "WebSite", "name": "Gull"}, ${JSON.stringify(HOUSE)}]}`],
  ["of several types", JSON.stringify({ ...HOUSE, "@type": ["LocalBusiness", "Motel"] })],
  ["of a type with its address", JSON.stringify({ ...HOUSE, "@type": "https://schema.org/Motel" })],
  ["in a comment, behind a mark", `\ufeff<!-- ${JSON.stringify(HOUSE)} -->`],
  ["with a comma too many", `${JSON.stringify(HOUSE).slice(0, -1)},\n}`],
  ["with a raw newline", JSON.stringify(HOUSE).replace("Gull & Heron Inn", "Gull &\nHeron Inn")],
  ["with entities for quotes", JSON.stringify(HOUSE).replaceAll('"', "&quot;")],
])("a block %s is read", async (_name, text) => {
  expect(await crawled([page(script(text))], NAMES)).toEqual(ONE);
});

test.each<[string, string]>([
  ["a restaurant", script(JSON.stringify({ ...HOUSE, "@type": "Restaurant" }))],
  ["the site itself", script(JSON.stringify({ "@type": "WebSite", name: "Gull Inn" }))],
  ["a house without a name", script(JSON.stringify({ ...HOUSE, name: "" }))],
  ["a block that is no JSON", script("{name: Gull}")],
  ["a page without a block", "<title>Gull Inn</title>"],
])("%s is no hotel", async (_name, body) => {
  expect(await crawled([page(body)], NAMES)).toEqual([]);
});

test("a house on several pages is one record; a newer capture replaces the older", async () => {
  const house = (more: Fields) => script(JSON.stringify({ ...HOUSE, ...more }));
  const contact = { url: "https://www.gull.com/contact" };
  const found = await crawled(
    [
      page(house({ telephone: "(813) 555-0100" })),
      page(house({}), { captured_at: "2026-04-01 10:00:00", warc_record_offset: 5 }),
      page(script(JSON.stringify({ "@type": "Motel", name: HOUSE.name })), contact),
    ],
    "record_id, phone, source_url",
  );
  expect(found).toEqual([
    { record_id: ONE[0]?.record_id, phone: "+18135550142", source_url: "https://www.gull.com/" },
  ]);
});

test("a portal's page makes no hotel, in either source", async () => {
  const portal = "https://www.booking.com/hotel/gull.html";
  const quad = (predicate: string, object: string, more: Fields = {}) => ({
    ...envelope("part_0"),
    page_url: portal,
    subject: "_:n1",
    predicate,
    object,
    object_kind: "literal",
    ...more,
  });
  await night.build(
    {
      tables: {
        "common_crawl.pages": [page(script(JSON.stringify(HOUSE)), { url: portal })],
        "web_data_commons.quads": [
          quad("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://schema.org/Hotel"),
          quad("http://schema.org/name", "Gull Inn"),
        ],
      },
    },
    "site_hotels",
  );
  expect(await night.rows("select * from resolution.site_hotels")).toEqual([]);
});

test("quads of a page are its houses, with the address and place they point to", async () => {
  const on = (
    page_url: string,
    subject: string,
    predicate: string,
    object: string,
    kind = "literal",
  ) => ({
    ...envelope("part_0"),
    page_url,
    subject,
    predicate,
    object,
    object_kind: kind,
  });
  const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  const [gull, heron] = ["https://gull.com/contact", "https://www.heron.com/"];
  await night.build(
    {
      tables: {
        "web_data_commons.quads": [
          on(gull, "_:n0", TYPE, "http://schema.org/Hotel", "iri"),
          on(gull, "_:n0", "http://schema.org/Hotel/name", "Gull Inn"),
          on(gull, "_:n0", "http://schema.org/address", "_:n1", "blank"),
          on(gull, "_:n0", "http://schema.org/geo", "_:n2", "blank"),
          on(gull, "_:n1", "http://schema.org/PostalAddress/streetAddress", "12 Pelican Ave"),
          on(gull, "_:n1", "http://schema.org/addressLocality", "Tampa"),
          on(gull, "_:n2", "http://schema.org/latitude", "27.95"),
          on(gull, "_:n2", "http://schema.org/longitude", "-82.46"),
          // The same labels on another page are other things.
          on(heron, "_:n0", TYPE, "https://schema.org/BedAndBreakfast", "iri"),
          on(heron, "_:n0", "https://schema.org/name", "Heron House"),
          on(heron, "_:n0", "https://schema.org/address", "3 Marsh Rd, Tampa, FL 33602"),
        ],
      },
    },
    "site_hotels",
  );
  const columns = "record_id, schema_type, street, city, address, latitude, website";
  expect(
    await night.rows(`select ${columns} from resolution.site_hotels order by record_id`),
  ).toEqual([
    {
      record_id: "web_data_commons:gull.com/gull-inn",
      schema_type: "hotel",
      street: "12 Pelican Ave",
      city: "Tampa",
      address: null,
      latitude: 27.95,
      website: "https://gull.com/",
    },
    {
      record_id: "web_data_commons:heron.com/heron-house",
      schema_type: "bedandbreakfast",
      street: null,
      city: null,
      address: "3 Marsh Rd, Tampa, FL 33602",
      latitude: null,
      website: "https://heron.com/",
    },
  ]);
});

test("a page's mailboxes and phones are those it links to; a cut page says so", async () => {
  const body =
    "<title>Gull &amp; Heron</title><a href=\"mailto:Stay@Gull.com?subject=x\">mail</a><a href='tel:+1 813-555-0142'>call</a> info@other.com";
  await night.build(
    { tables: { "common_crawl.pages": [page(body, { truncated: "length" })] } },
    "stg_common_crawl__pages",
  );
  expect(
    await night.rows(
      "select host, page_kind, title, emails, phones, is_truncated from staging.stg_common_crawl__pages",
    ),
  ).toMatchObject([
    {
      host: "gull.com",
      page_kind: "home",
      title: "Gull & Heron",
      emails: ["stay@gull.com"],
      phones: ["+1 813-555-0142"],
      is_truncated: true,
    },
  ]);
});
