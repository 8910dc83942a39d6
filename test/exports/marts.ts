import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { Profile, Section } from "../../engine/config.ts";
import type { RunContext, StepResult } from "../../engine/step.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { step } from "../../exports/leads_workbook.ts";

/** The marts a workbook reads, with three leads in Miami, one in Tampa, one in Byron Bay and one nowhere. */
const MARTS = `
create schema marts;
create table marts.leads (
    lead_id bigint, hotel varchar, address varchar, city varchar, state varchar, country varchar, phone varchar,
    email varchar, website varchar, rating double, reviews integer, room_count integer, room_count_source varchar,
    room_count_confidence decimal(3, 2), booking_url varchar, booking_engine varchar, category varchar,
    active boolean, score smallint, priority varchar, decision_maker varchar, title varchar,
    confidence decimal(5, 4), ownership varchar, brand varchar, latitude double, longitude double,
    last_verified date, sources varchar, source_count integer,
    city_slug varchar, state_slug varchar, country_slug varchar
);
insert into marts.leads by name
select * from (values
    (1, 'Tidewater Inn', '12 Ocean Dr', 'Miami', 'FL', 'US', '+13055550101', 'stay@tidewater.example.com', 'https://tidewater.example.com/', 4.26, 128, 42, 82, 'high', 25.78, -80.13, date '2026-11-12', 'miami', 'fl', 'us'),
    (2, 'Coral Lodge', '9 Coral Way', 'Miami', 'FL', 'US', '+13055550102', null, null, 3.0, 5, null, 61, 'medium', null, null, date '2026-11-02', 'miami', 'fl', 'us'),
    (3, 'Bayside Motel', '7 Bay Rd', 'Miami', 'FL', 'US', null, null, 'https://bayside.example.com/', null, null, 12, 44, 'low', 25.7, -80.2, null, 'miami', 'fl', 'us'),
    (4, 'Palma Suites', '1 Palm Ave', 'Tampa', 'FL', 'US', '+18135550104', null, null, 4.9, 20, 30, 70, 'medium', null, null, date '2026-11-03', 'tampa', 'fl', 'us'),
    (5, 'Lighthouse Stay', '3 Cape St', 'Byron Bay', 'NSW', 'AU', '+61255550105', null, null, 4.5, 90, 18, 66, 'medium', null, null, date '2026-11-04', 'byron-bay', 'nsw', 'au'),
    (6, 'Nowhere Hotel', null, null, null, 'US', '+13055550106', null, null, null, null, null, 40, 'low', null, null, null, null, null, 'us')
) as leads (lead_id, hotel, address, city, state, country, phone, email, website, rating, reviews, room_count, score, priority, latitude, longitude, last_verified, city_slug, state_slug, country_slug);
create table marts.market_stats (
    market_id varchar, country varchar, state varchar, city varchar, section varchar, position integer,
    metric varchar, hotels bigint, share decimal(7, 4), share_of varchar
);
insert into marts.market_stats values
    ('us/fl/miami', 'US', 'FL', 'Miami', 'funnel', 1, 'total_hotels', 10, 1, null),
    ('us/fl/miami', 'US', 'FL', 'Miami', 'funnel', 2, 'with_website', 0, null, 'total_hotels'),
    ('us/fl/miami', 'US', 'FL', 'Miami', 'engines', 1, 'innRoad', 3, 0.3, 'with_website'),
    ('us/fl', 'US', 'FL', null, 'funnel', 1, 'total_hotels', 25, 1, null);
create table marts.field_provenance (
    provenance_id varchar, hotel_id bigint, field_name varchar, field_value varchar, source varchar,
    record_id varchar, confidence decimal(5, 4), source_url varchar, observed_at timestamp,
    is_winner boolean, superseded_by varchar, reason varchar
);
insert into marts.field_provenance values
    ('a', 1, 'phone', '+13055550101', 'florida_dbpr', 'florida_dbpr:MOT1', 0.85, 'https://register.example.gov/1', timestamp '2026-11-12 02:00:00', true, null, null),
    ('b', 1, 'phone', '+13055559999', 'openstreetmap', 'openstreetmap:n1', 0.6, null, timestamp '2026-10-01 02:00:00', false, 'a', 'lower priority'),
    ('c', 4, 'name', 'Palma Suites', 'openstreetmap', 'openstreetmap:n4', 0.7, null, timestamp '2026-11-03 02:00:00', true, null, null);
create table marts.hotel_decision_makers (
    decision_maker_id varchar, hotel_id bigint, full_name varchar, title varchar, title_raw varchar, email varchar,
    email_kind varchar, phone varchar, employer varchar, is_decision_maker boolean, needs_review boolean,
    is_primary boolean, hotel_count integer, sources varchar[], effective_confidence decimal(5, 4),
    raw_source_url varchar, is_entity boolean, last_confirmed_at timestamp
);
insert into marts.hotel_decision_makers values
    ('1:7', 1, 'Marta Quist', 'Owner', 'Proprietor', 'marta@tidewater.example.com', 'own', null, 'hotel', true, false, true, 1, ['apollo', 'hubspot'], 0.6, null, false, timestamp '2026-11-01 00:00:00'),
    ('1:8', 1, 'Bo Vik', 'Manager', 'Duty Manager', null, null, null, 'hotel', false, false, false, 1, ['apollo'], 0.4, null, false, timestamp '2026-11-01 00:00:00'),
    ('1:9:licensee', 1, 'Tidewater Holdings LLC', 'Registered Entity', 'licensee', null, null, '+13055550999', 'organization', false, false, false, 3, ['florida_dbpr'], 0.95, 'https://register.example.gov/1', true, timestamp '2026-11-01 00:00:00')`;

export async function openMarts(changes = ""): Promise<Warehouse> {
  const warehouse = await Warehouse.open(":memory:");
  await warehouse.run(MARTS);
  if (changes !== "") await warehouse.run(changes);
  return warehouse;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "leadhouse-exports-test-"));
}

/** Runs the export's step, as a night does. */
export async function exportTo(
  data: string,
  warehouse: Warehouse,
  runId = "run-1",
): Promise<StepResult> {
  const section = { parse: (schema: z.ZodType) => schema.parse({}) } as unknown as Section;
  const profile = { name: "test", section: () => section } as unknown as Profile;
  const room = {
    root: data,
    data,
    profile,
    name: "leads_workbook",
    path: "exports/leads_workbook.ts",
  };
  const [exporting] = await step(room);
  const context: Partial<RunContext> = {
    ...room,
    runId,
    startedAt: new Date("2026-11-20T02:00:00Z"),
    warehouse,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
  };
  return await exporting!.run(context as RunContext);
}
