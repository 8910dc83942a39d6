import { crmList, csvOf, directoryList, peopleList, STATE_NAMES, urlList } from "./kit/lists.ts";
import type { City } from "./kit/places.ts";
import type { Property, Source, TruthMention, TruthRecord } from "./kit/property.ts";
import { createRandom } from "./kit/random.ts";
import { type Asked, fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import { workbookOf } from "./kit/xlsx.ts";
import type { Truth } from "./truth.ts";

const STATES: readonly City["state"][] = ["FL", "TX", "NSW"];

/** Ids of a state's lists start here, so that no two lists of a source share one. */
const FIRST_ID: Readonly<Record<City["state"], number>> = {
  FL: 1_000_000_000,
  TX: 2_000_000_000,
  NSW: 3_000_000_000,
};

/**
 * Lead lists on a plain file server. What a mapping in `elt.yml` must name for the record ids of the truth:
 *
 * | file | source label | source_record_id |
 * |---|---|---|
 * | `/directory/<state>.csv` | `tripadvisor` | column `id` |
 * | `/crm/<state>.csv` | `hubspot` | column `Record ID` |
 * | `/people/contacts.xlsx`, sheet Contacts | `apollo` | column `Apollo Contact Id` |
 * | `/urls/direct_urls.txt` | `direct_urls`, batch `direct_urls` | none: batch id, hyphen, number of the line from 1 |
 */
export function files(truth: Truth): StandIn {
  const served = new Map<string, { readonly type: string; readonly body: Buffer }>();
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  const directoryRandom = createRandom(`${truth.seed}/directory`);
  const crmRandom = createRandom(`${truth.seed}/crm`);
  const parties = createRandom(`${truth.seed}/files/parties`);
  const known = (source: Source, state?: string): Property[] =>
    truth.properties.filter(
      (property) =>
        property.sources.has(source) &&
        (state === undefined || property.address.city.state === state),
    );

  for (const state of STATES) {
    const file = STATE_NAMES[state].toLowerCase().replaceAll(" ", "_");
    const directory = directoryList(directoryRandom, known("directory", state), FIRST_ID[state]);
    const crm = crmList(crmRandom, parties, known("crm", state), FIRST_ID[state]);
    served.set(`/directory/${file}.csv`, {
      type: "text/csv; charset=utf-8",
      body: csvOf(directory),
    });
    served.set(`/crm/${file}.csv`, { type: "text/csv; charset=utf-8", body: csvOf(crm) });
    records.push(...directory.records, ...crm.records);
    mentions.push(...(crm.mentions ?? []));
  }
  const people = peopleList(createRandom(`${truth.seed}/people`), parties, known("people"));
  const urls = urlList(createRandom(`${truth.seed}/urls`), known("urls"));
  served.set("/people/contacts.xlsx", {
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    body: workbookOf("Contacts", people.rows),
  });
  served.set("/urls/direct_urls.txt", { type: "text/plain; charset=utf-8", body: csvOf(urls) });
  records.push(...people.records, ...urls.records);
  mentions.push(...(people.mentions ?? []));

  function answer(asked: Asked) {
    const [path = ""] = asked.path.split("?");
    const file = served.get(path);
    return file ? fileAnswer(asked, file.type, file.body) : notFound();
  }

  return { records, mentions, answer };
}
