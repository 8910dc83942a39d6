import { type LegalEntity, legalEntities } from "./kit/legal-entities.ts";
import { askedOf, fail, succeed } from "./kit/portal.ts";
import { type Answer, type Asked, fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import { escapeXml } from "./kit/xml.ts";
import { zipOf } from "./kit/zip.ts";
import type { Truth } from "./truth.ts";

const PACKAGE = "abn-bulk-extract";
const SHOW = "/data/api/3/action/package_show";
const PARTS = ["public_split_1_10.zip", "public_split_11_20.zip"] as const;

/**
 * The weekly extract of the business register: a portal's package of two zip files, each of two XML files
 * without a line end. Sole traders, several given names, 300 names of one entity, `NON`, escaped letters.
 * Record ids of the organisations' truth are business numbers.
 */
export function abnBulk(truth: Truth): StandIn {
  const known = legalEntities(truth).filter(({ isNew }) => !isNew);
  const zips = new Map(
    PARTS.map((name, part) => [
      name as string,
      zipOf(
        [0, 1].map((member) => {
          const number = part * 2 + member + 1;
          const entities = known.filter((_, index) => index % 4 === number - 1);
          return {
            name: `20260909_Public${String(number).padStart(2, "0")}.xml`,
            body: Buffer.from(transfer(number, entities), "utf8"),
            isDeflated: true,
          };
        }),
      ),
    ]),
  );

  function answer(asked: Asked): Answer {
    const [path = ""] = asked.path.split("?");
    if (path === SHOW) {
      return askedOf(asked).id === PACKAGE
        ? succeed("package_show", describe(asked))
        : fail(404, "package_show", { __type: "Not Found Error", message: "Not found" });
    }
    const zip = zips.get(path.split("/").at(-1) ?? "");
    return zip ? fileAnswer(asked, "application/zip", zip) : notFound();
  }

  return { records: [], answer };
}

function describe({ headers }: Asked) {
  return {
    name: PACKAGE,
    resources: [
      { name: "Resource list", format: "PDF", url: "https://data.example/readme.pdf" },
      ...PARTS.map((file, index) => ({
        name: `ABN Bulk Extract Part ${index + 1}`,
        format: "ZIP",
        url: `http://${headers.host}/data/dataset/abn/resource/${index}/download/${file}`,
        last_modified: "2026-09-09T02:11:12.345678",
      })),
    ],
  };
}

function transfer(number: number, entities: readonly LegalEntity[]): string {
  const info = `<FileSequenceNumber>${number}</FileSequenceNumber><RecordCount>${entities.length}</RecordCount><ExtractTime>2026-09-09T12:23:33</ExtractTime>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Transfer><TransferInfo>${info}</TransferInfo>${entities.map(recordOf).join("")}</Transfer>`;
}

function recordOf(entity: LegalEntity): string {
  const { abn, acn, type, person, legalName, isActive, gst } = entity;
  const address = `<BusinessAddress><AddressDetails><State>${entity.state}</State><Postcode>${entity.postcode}</Postcode></AddressDetails></BusinessAddress>`;
  const main = person
    ? `<LegalEntity><IndividualName type="LGL"><GivenName>${escapeXml(person.first.toUpperCase())}</GivenName><GivenName>Q</GivenName><FamilyName>${escapeXml(person.last.toUpperCase())}</FamilyName></IndividualName>${address}</LegalEntity>`
    : `<MainEntity>${named("MN", legalName)}${address}</MainEntity>`;
  const others = entity.names.map(
    ({ type: kind, name }) => `<OtherEntity>${named(kind, name)}</OtherEntity>`,
  );
  return [
    `<ABR recordLastUpdatedDate="${entity.updated}" replaced="N">`,
    `<ABN status="${isActive ? "ACT" : "CAN"}" ABNStatusFromDate="${entity.since}">${abn}</ABN>`,
    `<EntityType><EntityTypeInd>${type[0]}</EntityTypeInd><EntityTypeText>${type[1]}</EntityTypeText></EntityType>`,
    main,
    acn ? `<ASICNumber>${acn}</ASICNumber>` : "",
    `<GST status="${gst}" GSTStatusFromDate="${gst === "NON" ? "19000101" : entity.since}" />`,
    ...others,
    "</ABR>",
  ].join("");
}

function named(type: string, name: string): string {
  return `<NonIndividualName type="${type}"><NonIndividualNameText>${escapeXml(name)}</NonIndividualNameText></NonIndividualName>`;
}
