import { z } from "zod";
import type { Cells, Refused } from "../engine/warehouse/landing.ts";
import { downloadRelease, releaseRequests, releaseShape } from "./kit/ckan-package.ts";
import { Failure } from "./kit/classify.ts";
import { extractor } from "./kit/extractor.ts";
import type { XmlRecord } from "./kit/xml-records.ts";

/**
 * The Australian Business Register's bulk extract: every business number, its names and where it trades.
 * Two zip files of ten XML files of 0.6 GB each, weekly, CC BY 3.0 AU.
 * https://data.gov.au/data/dataset/abn-bulk-extract
 */
const PARTS = ["public_split_1_10", "public_split_11_20"];

/** Where in a record each column stands; the first place that is filled counts. */
const LAYOUT = {
  abn: ["ABN"],
  abn_status: ["ABN@status"],
  abn_status_from: ["ABN@ABNStatusFromDate"],
  record_last_updated: ["@recordLastUpdatedDate"],
  replaced: ["@replaced"],
  entity_type_code: ["EntityType/EntityTypeInd"],
  entity_type: ["EntityType/EntityTypeText"],
  main_name: ["MainEntity/NonIndividualName/NonIndividualNameText"],
  name_title: ["LegalEntity/IndividualName/NameTitle"],
  given_names: ["LegalEntity/IndividualName/GivenName"],
  family_name: ["LegalEntity/IndividualName/FamilyName"],
  state: placesOf("State"),
  postcode: placesOf("Postcode"),
  asic_number: ["ASICNumber"],
  gst_status: ["GST@status"],
  gst_status_from: ["GST@GSTStatusFromDate"],
} satisfies Record<string, readonly string[]>;

const OTHER_NAME = "OtherEntity/NonIndividualName/NonIndividualNameText";
const OTHER_TYPE = "OtherEntity/NonIndividualName@type";
/** `MN` and `LGL` say no more than the places do. */
const IMPLIED = ["MainEntity/NonIndividualName@type", "LegalEntity/IndividualName@type"];
const USED = new Set([...Object.values(LAYOUT).flat(), OTHER_NAME, OTHER_TYPE, ...IMPLIED]);

/** Records that are not well-formed are set aside; more than this share refuse the file. */
const REFUSED_SHARE = 0.01;

export const step = extractor({
  version: 1,
  stream: "entities",
  columns: [...Object.keys(LAYOUT), "other_names", "extra"],
  settings: z.strictObject({
    ...releaseShape("abn-bulk-extract"),
    /** Only what trades there lands. Default: all of Australia, some 16 million records. */
    states: z.array(z.string().min(2)).optional(),
    /** Only entities with one of these words in a name. */
    words: z.array(z.string().trim().min(2)).optional(),
  }),
  defaults: { fresh_days: 7, concurrency: 1, per_second: 1 },

  requests: ({ states, words, ...settings }) =>
    releaseRequests(
      settings,
      PARTS.map((file) => ({ format: "zip", file })),
    ).map((request) => {
      const kept = filterOf(states, words);
      return { ...request, key: `${request.key}${kept.name}`, isKept: kept.test };
    }),

  async fetch({ isKept, ...request }, tools) {
    const { path } = await downloadRelease(request, tools, "a zip file");
    return { records: readZip(path, isKept) };
  },
});

type Filter = (record: XmlRecord) => boolean;

async function* readZip(path: string, isKept: Filter): AsyncGenerator<Cells | Refused> {
  const { zipMembers } = await import("./kit/zip.ts");
  let members = 0;
  for await (const { name, chunks } of zipMembers(path)) {
    if (!name.toLowerCase().endsWith(".xml")) continue;
    members += 1;
    try {
      yield* readEntities(chunks(), isKept);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.outcome, `${name}: ${error.message}`, error.details);
    }
  }
  if (members === 0) throw new Failure("fatal", "has no XML file in it");
}

/**
 * The records of one XML file, by columns.
 *
 * @throws Failure `retry` when there are fewer than the file says, `fatal` when too many cannot be read.
 */
export async function* readEntities(
  chunks: AsyncIterable<Buffer>,
  isKept: Filter = () => true,
): AsyncGenerator<Cells | Refused> {
  const { xmlRecords } = await import("./kit/xml-records.ts");
  let due = 0;
  let count = 0;
  let refused = 0;
  for await (const record of xmlRecords(chunks, ["TransferInfo", "ABR"])) {
    if (!("refused" in record) && record.name === "TransferInfo") {
      due = Number(record.values.get("RecordCount")?.[0] ?? 0);
      continue;
    }
    count += 1;
    if ("refused" in record) {
      refused += 1;
      yield record;
    } else if (isKept(record)) yield cellsOf(record);
  }
  if (count < due) throw new Failure("retry", `has ${count} of ${due} records, it was cut`);
  if (refused > Math.max(1, count * REFUSED_SHARE)) {
    throw new Failure("fatal", `${refused} of ${count} records are not well-formed`);
  }
}

function cellsOf({ values }: XmlRecord): Cells {
  const cells = Object.values(LAYOUT).map((places: readonly string[]) => {
    for (const place of places) {
      const found = values.get(place)?.filter((text) => text !== "");
      if (found && found.length > 0) return found.join(" ");
    }
    return null;
  });
  const types = values.get(OTHER_TYPE) ?? [];
  const names = values.get(OTHER_NAME)?.map((name, index) => ({ type: types[index] ?? "", name }));
  const extra = [...values].filter(
    ([place, texts]) => !USED.has(place) && texts.some((text) => text !== ""),
  );
  return [
    ...cells,
    names ? JSON.stringify(names) : null,
    extra.length > 0 ? JSON.stringify(Object.fromEntries(extra)) : null,
  ];
}

function filterOf(states: readonly string[] | undefined, words: readonly string[] | undefined) {
  const wanted = states && new Set(states.map((state) => state.toUpperCase()));
  const parts = words?.map((word) => word.toUpperCase());
  const test: Filter = ({ values }) => {
    const state = LAYOUT.state.flatMap((place) => values.get(place) ?? []);
    if (wanted && !state.some((found) => wanted.has(found.toUpperCase()))) return false;
    if (!parts) return true;
    const names = [...LAYOUT.main_name, OTHER_NAME].flatMap((place) => values.get(place) ?? []);
    return names.some((name) => parts.some((part) => name.toUpperCase().includes(part)));
  };
  return {
    name: [wanted && [...wanted].join(), parts?.join()].map((x) => (x ? ` ${x}` : "")).join(""),
    test,
  };
}

/** A company's address and a person's stand in different places. */
function placesOf(part: string): readonly string[] {
  return ["MainEntity", "LegalEntity"].map(
    (entity) => `${entity}/BusinessAddress/AddressDetails/${part}`,
  );
}
