import { type LegalEntity, legalEntities } from "./kit/legal-entities.ts";
import { askedOf, fail, succeed } from "./kit/portal.ts";
import { type Answer, type Asked, fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

const PACKAGE = "asic-companies";
const SHOW = "/data/api/3/action/package_show";
const FILE = "company_202609.csv";
const HEADER =
  "Company Name|ACN|Type|Class|Sub Class|Status|Date of Registration|Date of Deregistration|Previous State of Registration|State Registration number|Modified since last report|Current Name Indicator|ABN|Current Name|Current Name Start Date".split(
    "|",
  );

/**
 * The companies' register as a weekly file: tabs in a `.csv`, a byte order mark, CRLF, a former name in a
 * row before the current one, a quote that nothing closes. Record ids of the organisations' truth are
 * company numbers.
 */
export function asicCompanies(truth: Truth): StandIn {
  const companies = legalEntities(truth).filter(({ acn }) => acn !== undefined);
  const rows = [HEADER, ...companies.flatMap(rowsOf)];
  const text = `\ufeff${rows.map((row) => row.join("\t")).join("\r\n")}\r\n`;
  const file = Buffer.from(text, "utf8");

  function answer(asked: Asked): Answer {
    const [path = ""] = asked.path.split("?");
    if (path.endsWith(`/download/${FILE}`)) return fileAnswer(asked, "text/csv", file);
    if (path !== SHOW) return notFound();
    return askedOf(asked).id === PACKAGE
      ? succeed("package_show", describe(asked))
      : fail(404, "package_show", { __type: "Not Found Error", message: "Not found" });
  }

  return { records: [], answer };
}

function describe({ headers }: Asked) {
  const release = (month: string) => ({
    name: `Company Dataset - 2026${month}`,
    format: "CSV",
    url: `http://${headers.host}/data/dataset/asic/resource/${month}/download/company_2026${month}.csv`,
    last_modified: `2026-${month}-02T02:11:12.345678`,
  });
  return {
    name: PACKAGE,
    resources: [
      { name: "Company Dataset Help File", format: "PDF", url: "https://data.example/help.pdf" },
      release("08"),
      release("09"),
    ],
  };
}

function rowsOf({
  legalName,
  acn = "",
  abn,
  isActive,
  since,
  formerName,
}: LegalEntity): string[][] {
  const current = (name: string, now: readonly [string, string, string]) => [
    name,
    acn,
    "APTY",
    "LMSH",
    "PROP",
    isActive ? "REGD" : "DRGD",
    dated(since),
    isActive ? "" : "11/02/2026",
    "",
    "",
    "",
    now[0],
    isActive ? abn : "0",
    now[1],
    now[2],
  ];
  return [
    ...(formerName ? [current(`"${formerName}`, ["", legalName, "28/01/2016"])] : []),
    current(legalName, ["Y", "", ""]),
  ];
}

/** 20160128 → 28/01/2016. */
function dated(day: string): string {
  return `${day.slice(6)}/${day.slice(4, 6)}/${day.slice(0, 4)}`;
}
