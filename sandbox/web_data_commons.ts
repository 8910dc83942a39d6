import { gzipSync } from "node:zlib";
import { recordKey } from "./kit/markup.ts";
import { isLodging } from "./kit/property.ts";
import { createRandom } from "./kit/random.ts";
import { fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import { type Markup, webSites } from "./kit/web-sites.ts";
import type { Truth } from "./truth.ts";

const FOLDER = "/structureddata/2024-12/quads/classspecific/Hotel";
const TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
/** Chosen: share of the sites with markup that the extraction has. */
const COVERED = 0.6;
/** Pages of a portal, whose hotels are somebody else's. */
const PORTAL_PAGES = 40;

/**
 * The class `Hotel` of Web Data Commons: gzipped N-Quads, the page as graph, properties under two
 * names, escapes, a broken line, and a portal's pages between the hotels' own. Record ids are host and
 * name of a house.
 */
export function webDataCommons(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/web_data_commons`);
  const sites = webSites(truth.seed, truth.properties).filter(
    ({ markup }) => markup && random.chance(COVERED),
  );
  const lines: string[] = [];
  for (const [index, { host, markup, property }] of sites.entries()) {
    if (!markup || !isLodging(property)) continue;
    // The same house on each of its pages, under labels that mean something on that page alone.
    for (const path of index % 3 === 0 ? ["/", "/contact"] : ["/"]) {
      lines.push(
        ...quadsOf(markup, {
          page: `https://${host}${path}`,
          label: `n${index}`,
          isLong: index % 2 === 0,
        }),
      );
    }
    if (index % 97 === 5) lines.push("this line is not a quad");
  }
  for (let page = 1; page <= PORTAL_PAGES; page += 1) {
    const markup = random.pick(sites)?.markup;
    if (markup)
      lines.push(
        ...quadsOf(markup, {
          page: `https://www.booking.com/hotel/${page}.html`,
          label: "np",
          isLong: false,
        }),
      );
  }
  const half = lines.length / 2;
  const files = [lines.slice(0, half), lines.slice(half)].map((part) =>
    gzipSync(`${part.join("\n")}\n`),
  );

  return {
    records: sites.flatMap(({ property, markup, host }) =>
      markup && isLodging(property)
        ? [
            {
              recordId: `web_data_commons:${recordKey(host, markup.name)}`,
              propertyId: property.id,
              traps: [],
            },
          ]
        : [],
    ),
    answer(asked) {
      const file = files[Number(/part_(\d)\.gz$/.exec(asked.path)?.[1])];
      if (!asked.path.startsWith(FOLDER) || !file) return notFound();
      return fileAnswer(asked, "application/gzip", file);
    },
  };
}

interface Place {
  readonly page: string;
  readonly label: string;
  /** Properties under the name of their class. */
  readonly isLong: boolean;
}

function quadsOf(
  { type, address, geo, ...fields }: Markup,
  { page, label, isLong }: Place,
): string[] {
  const [house, street, point] = [`_:${label}`, `_:${label}a`, `_:${label}g`];
  const property = (name: string) => `<http://schema.org/${isLong ? `${type}/` : ""}${name}>`;
  const graph = `<${page}> .`;
  const literals = (subject: string, of: string, values: object) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            `${subject} <http://schema.org/${isLong ? `${of}/` : ""}${name}> ${literal(String(value))} ${graph}`,
          ],
    );
  return [
    `${house} ${TYPE} <https://schema.org/${type}> ${graph}`,
    ...literals(house, type, fields),
    `${house} ${property("address")} ${street} ${graph}`,
    `${street} ${TYPE} <http://schema.org/PostalAddress> ${graph}`,
    ...literals(street, "PostalAddress", address),
    ...(geo
      ? [
          `${house} ${property("geo")} ${point} ${graph}`,
          `${point} ${TYPE} <http://schema.org/GeoCoordinates> ${graph}`,
          ...literals(point, "GeoCoordinates", {
            latitude: geo.latitude,
            longitude: geo.longitude,
          }),
        ]
      : []),
  ];
}

/** Characters beyond ASCII are escaped, as the extraction writes them. */
function literal(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replace(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
  return `"${escaped}"@en`;
}
