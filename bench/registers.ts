import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLanding } from "../engine/warehouse/landing.ts";
import { readEntities } from "../extract/abn_bulk.ts";
import { zipMembers } from "../extract/kit/zip.ts";
import { zipOf } from "../sandbox/kit/zip.ts";

// The business register of Australia as it is read: XML records a second out of a zip file, the same landed
// as Parquet, and what memory a stream takes that is ten times as long. `npm run bench registers [records]`

const RECORDS = Number(process.argv[2] ?? 200_000);
const folder = mkdtempSync(join(tmpdir(), "leadhouse-registers-"));
const zip = join(folder, "part.zip");
const bytes = writeZip();
try {
  const read = await timed(async () => {
    let count = 0;
    for await (const { chunks } of zipMembers(zip))
      for await (const _ of readEntities(chunks())) count += 1;
    return count;
  });
  console.log(`read out of a zip   ${read}  ${(bytes / 2 ** 20).toFixed(0)} MiB of XML`);
  console.log(`landed as Parquet   ${await timed(land)}`);
  for (const factor of [1, 10]) {
    global.gc?.();
    let most = 0;
    let count = 0;
    for await (const _ of readEntities(endless(RECORDS * factor))) {
      count += 1;
      if (count % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    const size = `${(most / 2 ** 20).toFixed(0)} MiB`;
    console.log(`heap, ${count.toLocaleString("en-US").padStart(9)} records  ${size}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeZip(): number {
  const body = Buffer.concat([...parts(RECORDS)]);
  writeFileSync(zip, zipOf([{ name: "20260909_Public01.xml", body, isDeflated: true }]));
  return body.length;
}

async function* endless(count: number): AsyncGenerator<Buffer> {
  yield* parts(count);
}

function* parts(count: number): Generator<Buffer> {
  yield Buffer.from(`<Transfer><TransferInfo><RecordCount>${count}</RecordCount></TransferInfo>`);
  let part: string[] = [];
  for (let index = 0; index < count; index += 1) {
    part.push(record(index));
    if (part.length < 100 && index < count - 1) continue;
    yield Buffer.from(part.join(""));
    part = [];
  }
  yield Buffer.from("</Transfer>");
}

/** The shape of the register's own records, 640 bytes with one name beside the legal one. */
function record(index: number): string {
  const abn = String(10_000_000_000 + index);
  return `<ABR recordLastUpdatedDate="20240412" replaced="N"><ABN status="ACT" ABNStatusFromDate="19991101">${abn}</ABN><EntityType><EntityTypeInd>PRV</EntityTypeInd><EntityTypeText>Australian Private Company</EntityTypeText></EntityType><MainEntity><NonIndividualName type="MN"><NonIndividualNameText>COMPANY ${index} &amp; SONS PTY LTD</NonIndividualNameText></NonIndividualName><BusinessAddress><AddressDetails><State>NSW</State><Postcode>2500</Postcode></AddressDetails></BusinessAddress></MainEntity><ASICNumber>${abn.slice(2)}</ASICNumber><GST status="ACT" GSTStatusFromDate="20000701" /><OtherEntity><NonIndividualName type="TRD"><NonIndividualNameText>TRADING NAME ${index}</NonIndividualNameText></NonIndividualName></OtherEntity></ABR>`;
}

async function land(): Promise<number> {
  const startedAt = new Date(Date.UTC(2026, 0, 1));
  const landing = openLanding({
    data: join(folder, "data"),
    source: "abn_bulk",
    stream: "entities",
    columns: Array.from({ length: 18 }, (_, index) => `column_${index}`),
    runId: "bench",
    startedAt,
    extractorVersion: 1,
  });
  async function* records() {
    for await (const { chunks } of zipMembers(zip)) yield* readEntities(chunks());
  }
  const { rows } = await landing.land(
    {
      requestKey: "bench",
      request: {},
      status: 200,
      outcome: "ok",
      attempt: 1,
      sourceUrl: "bench",
      fetchedAt: startedAt,
    },
    records(),
  );
  await landing.close();
  return rows;
}

async function timed(work: () => Promise<number>): Promise<string> {
  const began = performance.now();
  const count = await work();
  const seconds = (performance.now() - began) / 1000;
  const rate = Math.round(count / seconds).toLocaleString("en-US");
  return `${count.toLocaleString("en-US")} records in ${seconds.toFixed(1)} s, ${rate}/s`;
}
