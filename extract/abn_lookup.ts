import { z } from "zod";
import { EltError } from "../engine/errors.ts";
import type { RoomContext, Step } from "../engine/step.ts";
import { Failure } from "./kit/classify.ts";
import type { Effects } from "./kit/effects.ts";
import type { Answer, Request, Tools } from "./kit/extractor.ts";
import { layer } from "./kit/worklist.ts";

/**
 * ABN Lookup, the web service of Australia's business register: who bears a name, and all about a number.
 * Free, by a key (GUID) one registers for. It says by an exception inside a 200 that it failed.
 * https://abr.business.gov.au/abrxmlsearch/AbrXmlSearch.asmx
 */
const SERVICE = "https://abr.business.gov.au/ABRXMLSearch/AbrXmlSearch.asmx";
const STATES = ["NSW", "SA", "ACT", "VIC", "WA", "NT", "QLD", "TAS"];

/** Elements that are an answer, whatever the method and its version. */
const ANSWERS = ["exception", "searchResultsRecord", "businessEntity202001"];

const settings = z.strictObject({
  url: z.string().min(1).default(SERVICE),
  key_env: z.string().min(1).default("ABN_LOOKUP_GUID"),
  /** Names less alike than this, of 100, are not sent. */
  minimum_score: z.int().min(0).max(100).default(80),
  max_results: z.int().min(1).max(200).default(20),
});

// No rate is published; 7,200 an hour has not been refused.
const limits = { fresh_days: 90, concurrency: 1, per_second: 1 };

interface Question extends Request {
  readonly keyEnv: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const names = layer({
  version: 1,
  stream: "names",
  settings,
  defaults: limits,
  worklist: "worklist_abn_lookup_names",

  // By GET every parameter must be there, empty ones too; one left out is a 500.
  request: (row: { request_key: string; name: string; state: string | null }, given): Question => ({
    key: row.request_key,
    url: `${given.url}/ABRSearchByNameAdvancedSimpleProtocol2017`,
    keyEnv: given.key_env,
    parameters: {
      name: row.name,
      postcode: "",
      legalName: "Y",
      tradingName: "Y",
      businessName: "Y",
      activeABNsOnly: "Y",
      ...Object.fromEntries(
        STATES.map((state) => [state, row.state === null || row.state === state ? "Y" : "N"]),
      ),
      searchWidth: "Typical",
      minimumScore: String(given.minimum_score),
      maxSearchResults: String(given.max_results),
    },
  }),
  fetch: ask,
});

const entities = layer({
  version: 1,
  stream: "entities",
  settings,
  defaults: limits,
  worklist: "worklist_abn_lookup_entities",

  request: (row: { request_key: string; abn: string }, given): Question => ({
    key: row.request_key,
    url: `${given.url}/SearchByABNv202001`,
    keyEnv: given.key_env,
    parameters: { searchString: row.abn, includeHistoricalDetails: "N" },
  }),
  fetch: ask,
});

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [...names(room, effects), ...entities(room, effects)];
}

async function ask({ url, keyEnv, parameters }: Question, { read }: Tools): Promise<Answer> {
  const guid = guidOf(url, keyEnv);
  const question = new URLSearchParams({ ...parameters, authenticationGuid: guid });
  try {
    const content = await read("XML", { url: `${url}?${question}`, isXml: true, isPart: true });
    return await answerOf(content.body, withoutGuid(content.text("utf-8"), guid));
  } catch (error) {
    if (!(error instanceof Failure) || error.details.response === undefined) throw error;
    const response = withoutGuid(error.details.response, guid);
    throw new Failure(error.outcome, error.message, { ...error.details, response });
  }
}

/** The envelope decides, whatever the status says. */
async function answerOf(body: Buffer, response: string): Promise<Answer> {
  const { xmlRecords } = await import("./kit/xml-records.ts");
  let count = 0;
  for await (const record of xmlRecords([body], ANSWERS)) {
    if ("refused" in record) throw new Failure("retry", record.refused, { response });
    if (record.name !== "exception") {
      count += 1;
      continue;
    }
    const code = record.values.get("exceptionCode")?.[0] ?? "";
    const text = record.values.get("exceptionDescription")?.[0] ?? "";
    if (/no records? found/i.test(text)) return { outcome: "empty", response, count: 0 };
    const isOurs = /not a valid|invalid/i.test(text);
    const outcome = code === "WEBSERVICES" ? "blocked" : isOurs ? "fatal" : "retry";
    throw new Failure(outcome, `answered ${code}: ${text}`, { response });
  }
  if (count === 0) throw new Failure("retry", "sent XML that is no answer", { response });
  return { response, count };
}

/** A sandbox knows no other key, and no real key ever goes there. */
function guidOf(url: string, keyEnv: string): string {
  const guid = url.startsWith("sandbox://") ? "sandbox" : process.env[keyEnv];
  if (guid) return guid;
  throw new EltError(`abn_lookup needs the environment variable ${keyEnv}, which is not set`, {
    hint: `register for ABN Lookup and put its GUID into ${keyEnv}`,
  });
}

/** The service repeats the key in its answers; no key lands. */
function withoutGuid(text: string, guid: string): string {
  return text.replace(/(<(?:[\w.-]+:)?authenticationGUID>)[^<]*/gi, "$1").replaceAll(guid, "…");
}
