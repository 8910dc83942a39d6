import { createHash } from "node:crypto";
import type { Row, Warehouse } from "../../engine/warehouse/warehouse.ts";

/** One workbook to be: a state, or a city in it. */
export interface Market {
  /** `us/fl/miami.xlsx`. */
  readonly path: string;
  /** As people say it: `Miami, FL`. */
  readonly place: string;
  readonly country: string;
  readonly countrySlug: string;
  readonly stateSlug: string;
  /** Absent for a whole state. */
  readonly citySlug: string | undefined;
  readonly stats: readonly Row[];
  /** Hash of all leads, contacts, statistics and provenance the workbook shows. */
  readonly content: string;
}

/** A lead without a country or state still belongs somewhere. */
const MARKET_KEYS = `
        coalesce(leads.country_slug, 'country-unknown') as country_market,
        coalesce(leads.state_slug, 'state-unknown') as state_market,
        leads.city_slug as city_market`;

/** Order-free, and computed where the rows are: a night without changes reads none of them out. */
const hashOf = (row: string) =>
  `coalesce(sum(('0x' || substr(md5(to_json(${row})::varchar), 1, 15))::bigint), 0)::varchar`;

const LIST = `
with lead_sums as (

    select${MARKET_KEYS},
        min(leads.country) as country,
        min(leads.state) as state,
        min(leads.city) as city,
        count(*) as leads,
        ${hashOf("leads")} as lead_sum

    from marts.leads as leads
    group by all

),

winner_sums as (

    select${MARKET_KEYS},
        ${hashOf("winners")} as winner_sum

    from marts.field_provenance as winners
    inner join marts.leads as leads on leads.lead_id = winners.hotel_id
    where winners.is_winner
    group by all

),

people_sums as (

    select${MARKET_KEYS},
        ${hashOf("people")} as people_sum

    from marts.hotel_decision_makers as people
    inner join marts.leads as leads on leads.lead_id = people.hotel_id
    group by all

)

select lead_sums.*, winner_sums.winner_sum, people_sums.people_sum
from lead_sums
left join winner_sums
    on winner_sums.country_market = lead_sums.country_market
    and winner_sums.state_market = lead_sums.state_market
    and winner_sums.city_market is not distinct from lead_sums.city_market
left join people_sums
    on people_sums.country_market = lead_sums.country_market
    and people_sums.state_market = lead_sums.state_market
    and people_sums.city_market is not distinct from lead_sums.city_market
order by lead_sums.country_market, lead_sums.state_market, lead_sums.city_market`;

interface Part extends Row {
  readonly country_market: string;
  readonly state_market: string;
  readonly city_market: string | null;
  readonly country: string | null;
  readonly state: string | null;
  readonly city: string | null;
}

/** The states and cities that have a lead, each with what decides whether its workbook is still true. */
export async function listMarkets(warehouse: Warehouse, version: unknown): Promise<Market[]> {
  const parts = await warehouse.rows<Part>(LIST);
  const stats = await warehouse.rows("select * from marts.market_stats");
  const statsOf = new Map<string, Row[]>();
  for (const row of stats) {
    const key = nameKey(row.country, row.state, row.city);
    statsOf.set(key, [...(statsOf.get(key) ?? []), row]);
  }
  const states = Map.groupBy(parts, (part) => `${part.country_market}/${part.state_market}`);
  return [...states.values()].flatMap((cities) => {
    const [first] = cities;
    if (!first) return [];
    const market = (part: Part, shown: readonly Part[], city: string | undefined): Market => {
      const rows = statsOf.get(nameKey(part.country, part.state, city && part.city)) ?? [];
      const country = part.country ?? "Country unknown";
      const state = part.state ?? "State unknown";
      const place = city ? `${part.city ?? city}, ${state}` : `${state}, ${country}`;
      const folder = `${slug(part.country_market)}/${slug(part.state_market)}`;
      return {
        path: city ? `${folder}/${slug(city)}.xlsx` : `${folder}.xlsx`,
        place,
        country,
        countrySlug: part.country_market,
        stateSlug: part.state_market,
        citySlug: city,
        stats: rows,
        content: hash([version, place, shown, rows]),
      };
    };
    return [
      market(first, cities, undefined),
      ...cities.flatMap((part) =>
        part.city_market === null ? [] : [market(part, [part], part.city_market)],
      ),
    ];
  });
}

export interface MarketRows {
  readonly leads: readonly Row[];
  /** The winning values of these leads, with the hotel's name as `hotel`. */
  readonly winners: readonly Row[];
  /** The persons and companies at these leads, with the hotel's name as `hotel`. */
  readonly people: readonly Row[];
}

/** Gives the rows of one workbook, the best lead first. A state is read once for itself and its cities. */
export function marketReader(warehouse: Warehouse): (market: Market) => Promise<MarketRows> {
  let last: { readonly state: string; readonly rows: MarketRows } | undefined;
  return async ({ countrySlug, stateSlug, citySlug }) => {
    const state = JSON.stringify([countrySlug, stateSlug]);
    if (last?.state !== state) {
      last = { state, rows: await readState(warehouse, countrySlug, stateSlug) };
    }
    const { rows } = last;
    if (citySlug === undefined) return rows;
    const leads = rows.leads.filter((lead) => lead.city_slug === citySlug);
    const ids = new Set(leads.map((lead) => lead.lead_id));
    return {
      leads,
      winners: rows.winners.filter((winner) => ids.has(winner.hotel_id)),
      people: rows.people.filter((person) => ids.has(person.hotel_id)),
    };
  };
}

async function readState(
  warehouse: Warehouse,
  country: string,
  state: string,
): Promise<MarketRows> {
  const chosen = `
with chosen as (

    select *
    from marts.leads
    where coalesce(country_slug, 'country-unknown') = $country
        and coalesce(state_slug, 'state-unknown') = $state

)
`;
  const order = "chosen.score desc nulls last, chosen.hotel, chosen.lead_id";
  const values = { country, state };
  const leads = await warehouse.rows(`${chosen}\nselect * from chosen order by ${order}`, values);
  const winners = await warehouse.rows(
    `${chosen}
select winners.*, chosen.hotel
from chosen
inner join marts.field_provenance as winners on winners.hotel_id = chosen.lead_id
where winners.is_winner
order by ${order}, winners.field_name, winners.provenance_id`,
    values,
  );
  const people = await warehouse.rows(
    `${chosen}
select people.*, chosen.hotel
from chosen
inner join marts.hotel_decision_makers as people on people.hotel_id = chosen.lead_id
order by ${order}, people.is_entity, people.is_primary desc, people.is_decision_maker desc,
    people.effective_confidence desc, people.decision_maker_id`,
    values,
  );
  return { leads, winners, people };
}

/** The mart's slugs become file names: nothing that climbs out of the folder survives. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "unknown"
  );
}

function nameKey(...names: readonly unknown[]): string {
  return JSON.stringify(names.map((name) => name ?? null));
}

function hash(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === "bigint" ? `${item}` : item,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
