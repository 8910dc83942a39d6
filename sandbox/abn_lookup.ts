import { type LegalEntity, legalEntities } from "./kit/legal-entities.ts";
import { parametersOf } from "./kit/registers.ts";
import {
  type Answer,
  type Asked,
  notFound,
  onlyCalls,
  type StandIn,
  textAnswer,
} from "./kit/stand-in.ts";
import { escapeXml } from "./kit/xml.ts";
import type { Truth } from "./truth.ts";

const SERVICE = "/ABRXMLSearch/AbrXmlSearch.asmx/";
const STATES = ["NSW", "SA", "ACT", "VIC", "WA", "NT", "QLD", "TAS"];
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  SearchByABNv202001: ["searchString", "includeHistoricalDetails", "authenticationGuid"],
  ABRSearchByNameAdvancedSimpleProtocol2017: [
    ..."name postcode legalName tradingName businessName activeABNsOnly".split(" "),
    ...STATES,
    ..."authenticationGuid searchWidth minimumScore maxSearchResults".split(" "),
  ],
};

/**
 * The business register's web service: a missing parameter is a 500 in plain text, every other failure a
 * 200 with an exception, and the answer repeats the key it was asked with. It takes the key `sandbox`. It
 * knows what was registered after the weekly extract.
 */
export function abnLookup(truth: Truth): StandIn {
  const entities = legalEntities(truth);
  const byNumber = new Map(entities.map((entity) => [entity.abn, entity]));
  const worded = entities.flatMap((entity) =>
    namesOf(entity).map((name) => ({ entity, ...name, words: wordsOf(name.name) })),
  );

  function answer(asked: Asked): Answer {
    if (asked.method === "HEAD") return onlyCalls("GET");
    const [path = ""] = asked.path.split("?");
    const method = path.startsWith(SERVICE) ? path.slice(SERVICE.length) : "";
    const due = PARAMETERS[method];
    if (!due) return notFound();
    const given = parametersOf(asked);
    const missing = due.find((name) => !given.has(name));
    if (missing) return textAnswer(500, "text/plain", `Missing parameter: ${missing}.\r\n`);
    const guid = given.get("authenticationGuid") ?? "";
    if (guid !== "sandbox") {
      return exception(
        guid,
        "WEBSERVICES",
        "The GUID entered is not recognised as a Registered Party",
      );
    }
    return method === "SearchByABNv202001" ? byAbn(guid, given) : byName(guid, given);
  }

  function byAbn(guid: string, given: URLSearchParams): Answer {
    const abn = (given.get("searchString") ?? "").replaceAll(" ", "");
    if (!/^\d{11}$/.test(abn)) {
      return exception(guid, "SEARCH", "Search text is not a valid ABN or ACN");
    }
    const entity = byNumber.get(abn);
    if (!entity) return exception(guid, "SEARCH", "No records found");
    return payload(guid, businessEntity(entity));
  }

  function byName(guid: string, given: URLSearchParams): Answer {
    const words = wordsOf(given.get("name") ?? "");
    const least = Number(given.get("minimumScore") || 0);
    const states = STATES.filter((state) => given.get(state) === "Y");
    const found = worded
      .map((one) => ({ ...one, score: scoreOf(words, one.words) }))
      .filter(
        ({ entity, score }) =>
          score >= least &&
          (states.length === 0 || states.includes(entity.state)) &&
          (given.get("activeABNsOnly") !== "Y" || entity.isActive),
      )
      .sort(
        (left, right) => right.score - left.score || (left.entity.abn < right.entity.abn ? -1 : 1),
      )
      .slice(0, Number(given.get("maxSearchResults") || 200));
    if (found.length === 0) return exception(guid, "SEARCH", "No records found");
    const records = found.map(({ entity, tag, name, score }) => {
      const inner = `<${tag === "legalName" ? "fullName" : "organisationName"}>${escapeXml(name)}</${tag === "legalName" ? "fullName" : "organisationName"}>`;
      return `<searchResultsRecord><ABN><identifierValue>${entity.abn}</identifierValue><identifierStatus>${entity.isActive ? "Active" : "Cancelled"}</identifierStatus></ABN><${tag}>${inner}<score>${score}</score><isCurrentIndicator>Y</isCurrentIndicator></${tag}>${addressOf(entity, "<isCurrentIndicator>Y</isCurrentIndicator>")}</searchResultsRecord>`;
    });
    return payload(
      guid,
      `<searchResultsList><numberOfRecords>${records.length}</numberOfRecords><exceedsMaximum>N</exceedsMaximum>${records.join("")}</searchResultsList>`,
    );
  }

  return { records: [], answer };
}

function namesOf(entity: LegalEntity) {
  const main = { tag: entity.person ? "legalName" : "mainName", name: entity.legalName };
  const tags = { BN: "businessName", TRD: "mainTradingName", OTN: "otherTradingName" };
  return [main, ...entity.names.map(({ type, name }) => ({ tag: tags[type], name }))];
}

function wordsOf(name: string): ReadonlySet<string> {
  return new Set(name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Shared words of all words, of 100. */
function scoreOf(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const both = [...left].filter((word) => right.has(word)).length;
  return Math.round((100 * 2 * both) / Math.max(1, left.size + right.size));
}

function businessEntity(entity: LegalEntity): string {
  const { abn, acn = "", type, person, legalName, isActive, gst, since, names } = entity;
  const from = `<effectiveFrom>${dashed(since)}</effectiveFrom>`;
  const open = `${from}<effectiveTo>0001-01-01</effectiveTo>`;
  const tags = { BN: "businessName", TRD: "mainTradingName", OTN: "otherTradingName" };
  const main = person
    ? `<legalName><givenName>${escapeXml(person.first)}</givenName><otherGivenName>Q</otherGivenName><familyName>${escapeXml(person.last)}</familyName>${open}</legalName>`
    : `<mainName><organisationName>${escapeXml(legalName)}</organisationName>${from}</mainName>`;
  return [
    `<businessEntity202001><recordLastUpdatedDate>${dashed(entity.updated)}</recordLastUpdatedDate>`,
    `<ABN><identifierValue>${abn}</identifierValue><isCurrentIndicator>Y</isCurrentIndicator></ABN>`,
    `<entityStatus><entityStatusCode>${isActive ? "Active" : "Cancelled"}</entityStatusCode>${open}</entityStatus>`,
    acn === "" ? "<ASICNumber />" : `<ASICNumber>${acn}</ASICNumber>`,
    `<entityType><entityTypeCode>${type[0]}</entityTypeCode><entityDescription>${type[1]}</entityDescription></entityType>`,
    gst === "ACT" ? `<goodsAndServicesTax>${open}</goodsAndServicesTax>` : "",
    // Some records are suppressed: whose they are is not said.
    abn.endsWith("77") ? "" : main,
    addressOf(entity, open),
    ...names.map(({ type: kind, name }) => {
      const tag = tags[kind];
      return `<${tag}><organisationName>${escapeXml(name)}</organisationName>${from}</${tag}>`;
    }),
    "</businessEntity202001>",
  ].join("");
}

function addressOf({ state, postcode }: LegalEntity, more: string): string {
  return `<mainBusinessPhysicalAddress><stateCode>${state}</stateCode><postcode>${postcode}</postcode>${more}</mainBusinessPhysicalAddress>`;
}

function dashed(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

function exception(guid: string, code: string, text: string): Answer {
  return payload(
    guid,
    `<exception><exceptionDescription>${text}</exceptionDescription><exceptionCode>${code}</exceptionCode></exception>`,
  );
}

function payload(guid: string, inner: string): Answer {
  const request = `<request><identifierSearchRequest><authenticationGUID>${escapeXml(guid)}</authenticationGUID></identifierSearchRequest></request>`;
  const head = `<usageStatement>(usage statement)</usageStatement><dateRegisterLastUpdated>2026-09-14</dateRegisterLastUpdated>`;
  return textAnswer(
    200,
    "text/xml; charset=utf-8",
    `<?xml version="1.0" encoding="utf-8"?>\n<ABRPayloadSearchResults xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://abr.business.gov.au/ABRXMLSearch/">${request}<response>${head}${inner}</response></ABRPayloadSearchResults>\n`,
  );
}
