import { plainLine } from "./kit/csv.ts";
import { askedOf, fail, succeed } from "./kit/portal.ts";
import { createRandom } from "./kit/random.ts";
import { type Registered, registered } from "./kit/registers.ts";
import {
  type Answer,
  type Asked,
  fileAnswer,
  notFound,
  type StandIn,
  WORLD_DATE,
} from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

const PORTAL = "/data/api/3/action/";
const PACKAGE = "licensed-accommodation";
const RESOURCE = "9c1f4c1e-0000-4000-8000-000000000001";
const FILE = "accommodation_202609.csv";
const STORAGE = `/storage/${FILE}`;
const HEADER = [
  "licence_number",
  "premises",
  "type",
  "address",
  "suburb",
  "postcode",
  "phone",
  "rooms",
];

/**
 * A portal of New South Wales with one package: regional licences in a datastore, and the coast's as a
 * file whose address changes with each release and leads to a storage. The old release is 404. Record
 * ids are licence numbers.
 */
export function ckan(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/ckan`);
  const inland = registered(random, truth.properties, {
    source: "nsw_accommodation",
    prefix: "LIQA",
    lists: ({ address }) => address.city.state === "NSW" && address.city.longitude < 151,
  });
  const coast = registered(random, truth.properties, {
    source: "nsw_accommodation",
    prefix: "LIQH",
    lists: ({ address }) => address.city.state === "NSW" && address.city.longitude >= 151,
  });
  const table = inland.rows.map((row, index) => ({ _id: index + 1, ...record(row) }));
  const lines = coast.rows.map((row) => plainLine(Object.values(record(row)).map(String)));
  // A byte order mark, as spreadsheets write it.
  const file = Buffer.from(`\ufeff${[plainLine(HEADER), ...lines].join("\r\n")}\r\n`, "utf8");

  function answer(asked: Asked): Answer {
    const [path = ""] = asked.path.split("?");
    if (path === STORAGE) return fileAnswer(asked, "text/csv", file);
    if (path.endsWith(`/download/${FILE}`)) {
      return { status: 302, headers: { location: STORAGE }, body: Buffer.alloc(0) };
    }
    if (!path.startsWith(PORTAL)) return notFound();
    const parameters = askedOf(asked);
    switch (path.slice(PORTAL.length)) {
      case "package_show":
        return parameters.id === PACKAGE
          ? succeed("package_show", describe(asked))
          : fail(404, "package_show", { __type: "Not Found Error", message: "Not found" });
      case "datastore_search":
        return search(parameters);
      default:
        return notFound();
    }
  }

  function search(parameters: Readonly<Record<string, unknown>>): Answer {
    if (parameters.resource_id !== RESOURCE) {
      const missing = { __type: "Validation Error", resource_id: ["Missing value"] };
      return fail(409, "datastore_search", missing);
    }
    const { offset = 0, limit = 100 } = parameters as { offset?: number; limit?: number };
    return succeed("datastore_search", {
      resource_id: RESOURCE,
      fields: ["_id", ...HEADER].map((id) => ({ id, type: id === "_id" ? "int" : "text" })),
      records: table.slice(offset, offset + limit),
      total: table.length,
    });
  }

  return { records: [...inland.records, ...coast.records], answer };
}

function record(row: Registered) {
  return {
    licence_number: row.id,
    premises: row.name,
    type: row.kind,
    address: row.street,
    suburb: row.city,
    postcode: row.zip,
    phone: row.phone === "" ? "" : `0${row.phone}`,
    rooms: String(row.rooms),
  };
}

function describe({ headers }: Asked) {
  const release = (name: string, month: string, day: string) => ({
    id: `9c1f4c1e-0000-4000-8000-0000000000${month}`,
    name,
    format: "CSV",
    url: `http://${headers.host}/data/dataset/${PACKAGE}/resource/${month}/download/accommodation_2026${month}.csv`,
    last_modified: `2026-${month}-${day}T02:11:12.345678`,
    datastore_active: false,
  });
  return {
    name: PACKAGE,
    title: "Licensed accommodation",
    metadata_modified: WORLD_DATE.toISOString(),
    resources: [
      { id: RESOURCE, name: "Inland", format: "XLSX", url: "", datastore_active: true },
      release("Coast - August", "08", "04"),
      release("Coast - September", "09", "01"),
      { id: "help", name: "Help file", format: "PDF", url: "https://data.example/help.pdf" },
    ],
  };
}
