import { createRandom } from "./kit/random.ts";
import { parametersOf, type Registered, registered } from "./kit/registers.ts";
import { type Answer, type Asked, type StandIn, textAnswer, WORLD_DATE } from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

const DATASET = "hote-l4x4";
const CITIES = new Set(["Austin", "San Antonio", "Houston", "Dallas", "Fort Worth"]);
/** Rows a question gets that names no limit. */
const DEFAULT_LIMIT = 1000;
/** Guests without a token share one pool, which is empty at every so many questions. */
const TOKENLESS = 25;

type Row = Readonly<Record<string, unknown>>;

/**
 * A portal of Texas cities with one dataset of lodging permits, `hote-l4x4`: numbers as strings, empty
 * fields left out, rows in another order for each question unless it names one, 202 for the first
 * question about a count, and 429 now and then to who has no token. Record ids are permit numbers.
 */
export function socrata(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/socrata`);
  const { rows, records } = registered(random, truth.properties, {
    source: "texas_city_permits",
    prefix: "LP-",
    lists: ({ address }) => address.city.state === "TX" && CITIES.has(address.city.name),
  });
  const table = rows.map(toRow);
  const shuffles = createRandom(`${truth.seed}/socrata/order`);
  let computing = 1;
  let tokenless = 0;

  function answer(asked: Asked): Answer {
    const [path = ""] = asked.path.split("?");
    if (asked.headers["x-app-token"] === undefined && ++tokenless % TOKENLESS === 0) {
      return refusal(
        429,
        "rate_limited",
        "You have been rate limited. Please use an application token.",
      );
    }
    if (path === `/api/views/${DATASET}.json`) return json(200, describe());
    if (path !== `/resource/${DATASET}.json`) return refusal(404, "not_found", "Not found");
    return query(parametersOf(asked));
  }

  function query(parameters: URLSearchParams): Answer {
    if (/count\(\*\)/.test(parameters.get("$select") ?? "")) {
      if (computing > 0) {
        computing -= 1;
        return json(202, { status: "processing", message: "Your query is being computed." });
      }
      return json(200, [{ count: String(table.length) }]);
    }
    const order = parameters.get("$order");
    if (order !== null && order !== ":id") {
      return refusal(400, "query.soql.no-such-column", `No such column: ${order}`);
    }
    const offset = Number(parameters.get("$offset") ?? 0);
    const limit = Number(parameters.get("$limit") ?? DEFAULT_LIMIT);
    const ordered = order === null ? shuffles.shuffle(table) : table;
    const withSystem = (parameters.get("$select") ?? "").includes(":*");
    const page = ordered.slice(offset, offset + limit).map((row) => (withSystem ? row : own(row)));
    return json(200, page);
  }

  return { records, answer };
}

const COLUMNS = ["permit_number", "facility_name", "use", "phone", "rooms", "location"];

function describe() {
  return {
    id: DATASET,
    name: "Lodging Permits",
    rowsUpdatedAt: WORLD_DATE.getTime() / 1000,
    columns: COLUMNS.map((fieldName, position) => ({
      id: position + 1,
      name: fieldName,
      fieldName,
    })),
  };
}

function toRow(row: Registered, index: number): Row {
  const human = { address: row.street, city: row.city, state: row.state, zip: row.zip };
  return {
    ":id": `row-${String(index).padStart(4, "0")}`,
    ":created_at": WORLD_DATE.toISOString(),
    ":updated_at": WORLD_DATE.toISOString(),
    permit_number: row.id,
    facility_name: row.name,
    use: row.kind,
    ...(row.phone === "" ? {} : { phone: row.phone }),
    rooms: String(row.rooms),
    location: {
      latitude: String(row.latitude),
      longitude: String(row.longitude),
      human_address: JSON.stringify(human),
    },
  };
}

function own(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith(":")));
}

function refusal(status: number, code: string, message: string): Answer {
  return json(status, { code, error: true, message });
}

function json(status: number, value: unknown): Answer {
  return textAnswer(status, "application/json; charset=utf-8", JSON.stringify(value));
}
