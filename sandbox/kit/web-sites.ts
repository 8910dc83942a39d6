import { shift, shortStreet } from "./address.ts";
import { e164, writePhone } from "./phones.ts";
import type { Kind, Property } from "./property.ts";
import { createRandom, type Random } from "./random.ts";

/** The website of one house: its pages, and what its markup says the house is. */
export interface Site {
  readonly property: Property;
  /** `www.gullinn-stay.com` */
  readonly host: string;
  /** Nothing where the pages have no markup for machines. */
  readonly markup: Markup | undefined;
  readonly pages: readonly Page[];
}

/** schema.org's words for a house. */
export interface Markup {
  readonly type: string;
  readonly name: string;
  readonly telephone: string | undefined;
  readonly email: string | undefined;
  readonly url: string;
  readonly address: Readonly<Record<string, string>>;
  readonly geo: { readonly latitude: number; readonly longitude: number } | undefined;
}

export interface Page {
  readonly path: string;
  readonly html: string;
  /** Sent in this encoding, named only in the page. */
  readonly charset: "utf-8" | "windows-1252";
}

const TYPES: Readonly<Partial<Record<Kind, string>>> = {
  hotel: "Hotel",
  motel: "Motel",
  guest_house: "BedAndBreakfast",
  apartment: "LodgingBusiness",
  resort: "Resort",
  restaurant: "Restaurant",
};

/** Chosen, as no file tells them. */
const SHARES = { site: 0.3, markup: 0.75, phone: 0.9, email: 0.6, geo: 0.6, windows: 0.05 };

/** Sites of houses that have a domain of their own; what several houses share says too little of each. */
export function webSites(seed: string, properties: readonly Property[]): Site[] {
  const random = createRandom(`${seed}/web_sites`);
  const owners = new Map<string, number>();
  for (const { domain } of properties) {
    if (domain) owners.set(domain, (owners.get(domain) ?? 0) + 1);
  }
  return properties.flatMap((property) => {
    const { domain, kind, booking } = property;
    if (!domain || kind === "private_rental" || owners.get(domain) !== 1) return [];
    if (booking && property.website === booking.url) return [];
    if (!random.chance(SHARES.site)) return [];
    const host = `www.${domain}`;
    const markup = random.chance(SHARES.markup) ? markupOf(random, property, host) : undefined;
    return [{ property, host, markup, pages: pagesOf(random, property, markup) }];
  });
}

/** Text as it stands in a page. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function markupOf(random: Random, property: Property, host: string): Markup {
  const { address, kind, phone, email } = property;
  const { city, zip } = address;
  const isAustralian = city.state === "NSW";
  return {
    type: TYPES[kind] ?? "LodgingBusiness",
    name: property.name,
    telephone: random.chance(SHARES.phone)
      ? random.pick([e164(phone), phoneText(property)])
      : undefined,
    email: random.chance(SHARES.email) ? email : undefined,
    url: `https://${host}/`,
    address: {
      streetAddress: `${address.number} ${shortStreet(address)}${address.unit && ` ${address.unit}`}`,
      addressLocality: city.name,
      addressRegion: city.state,
      postalCode: zip,
      addressCountry: isAustralian ? "AU" : "US",
    },
    geo: random.chance(SHARES.geo)
      ? shift(address, Math.abs(random.gauss()) * 10, random.next() * 2 * Math.PI)
      : undefined,
  };
}

function pagesOf(random: Random, property: Property, markup: Markup | undefined): Page[] {
  const { name, contact, contactTitle, email } = property;
  const mail = email ? `<p>Write to <a href="mailto:${email}">${email}</a></p>` : "";
  const call = `<p>Call us: ${phoneText(property)}</p>`;
  const texts: (readonly [path: string, title: string, text: string])[] = [
    ["/", name, `<h1>${escaped(name)}</h1><p>${filler(random)}</p>${call}`],
    ["/contact", `Contact - ${name}`, `${call}${mail}`],
    [
      random.pick(["/about-us", "/about", "/our-story"]),
      `About ${name}`,
      `<p>${escaped(`${contact.first} ${contact.last}, ${contactTitle}`)}</p><p>${filler(random)}</p>`,
    ],
  ];
  if (random.chance(0.5)) texts.push(["/rooms", `Rooms - ${name}`, `<p>${filler(random)}</p>`]);
  for (let post = random.int(0, 2); post > 0; post -= 1) {
    texts.push([`/blog/post-${post}`, `News - ${name}`, `<p>${filler(random)}</p>`]);
  }
  const charset = random.chance(SHARES.windows) ? "windows-1252" : "utf-8";
  return texts.map(([path, title, text]) => ({
    path,
    charset,
    html: `<!doctype html><html lang="en"><head><meta charset="${charset}"><title>${escaped(title)}</title>${
      markup && (path === "/" || path === "/contact") ? script(random, markup) : ""
    }</head><body>${text}<footer>\u00a9 ${escaped(name)}</footer></body></html>`,
  }));
}

/** Alone, or in a graph beside the site itself. */
function script(random: Random, { type, address, geo, ...fields }: Markup): string {
  const house = {
    "@type": random.chance(0.2) ? [type, "LocalBusiness"] : type,
    ...fields,
    address: { "@type": "PostalAddress", ...address },
    ...(geo
      ? { geo: { "@type": "GeoCoordinates", latitude: geo.latitude, longitude: geo.longitude } }
      : {}),
  };
  const context = { "@context": "https://schema.org" };
  const block = random.chance(0.3)
    ? { ...context, "@graph": [{ "@type": "WebSite", name: fields.name, url: fields.url }, house] }
    : { ...context, ...house };
  return `<script type="application/ld+json">${JSON.stringify(block)}</script>`;
}

function phoneText({ phone }: Property): string {
  return phone.country === "61"
    ? writePhone(phone, "(09) 9999 9999")
    : writePhone(phone, "(999) 999-9999");
}

const WORDS =
  "quiet rooms near the water with breakfast parking and a pool for guests who stay a week".split(
    " ",
  );

function filler(random: Random): string {
  return Array.from({ length: random.int(20, 80) }, () => random.pick(WORDS)).join(" ");
}
