import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Io } from "../../../bin/io.ts";
import { main } from "../../../bin/program.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";

/** The spec of `places.ts`, as a user would name it. */
export const PLACES = join(import.meta.dirname, "places.ts");

/** A folder and a way to run `elt` there and read what it said. */
export class BenchTop {
  readonly folder = mkdtempSync(join(tmpdir(), "elt-bin-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  async elt(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const lines: { out: string[]; err: string[] } = { out: [], err: [] };
    const io: Io = {
      out: (line) => void lines.out.push(line),
      bytes: () => undefined,
      err: (line) => void lines.err.push(line),
      transient: undefined,
      exit: () => undefined,
    };
    const code = await main(["node", "elt", ...args], io);
    const plain = (texts: readonly string[]) => stripVTControlCharacters(texts.join("\n"));
    return { code, out: plain(lines.out), err: plain(lines.err) };
  }

  async rows<T extends object>(sql: string): Promise<T[]> {
    const warehouse = await Warehouse.open(":memory:");
    try {
      await warehouse.run(`set file_search_path = '${this.folder}'`);
      return await warehouse.rows<T>(sql);
    } finally {
      warehouse.close();
    }
  }

  async run(sql: string): Promise<void> {
    await this.rows(sql);
  }
}

const HEADER = "record_id,name,number,street,city,zip,latitude,longitude,phone";

/** Places as a map and a list know them: `m1` and `l1` are one place. Every third of the list misses its phone. */
export function placesCsv(places: number, side: "m" | "l"): string {
  const lines = Array.from({ length: places }, (_, at) => {
    const name = `${FIRST[at % FIRST.length]} ${SECOND[(at * 7) % SECOND.length]} ${at % 5 ? "" : "Lodge"}`;
    const phone = side === "l" && at % 3 === 0 ? "" : `30555${String(10000 + at)}`;
    const position = side === "m" ? `${25 + at / 100},${-80 - at / 100}` : ",";
    return `${side}${at},${name.trim()},${10 + at * 3},${STREETS[at % STREETS.length]},Town ${at % 4},0${2100 + (at % 4)},${position},${phone}`;
  });
  return `${HEADER}\n${lines.join("\n")}\n`;
}

const STREETS = ["Gulf Blvd", "Palm Ave", "Shell Dr"];
const FIRST = "Amber,Basil,Cedar,Dahlia,Ember,Fennel,Ginger,Hazel,Indigo,Juniper,Kelp".split(",");
const SECOND = "Anchor,Bayou,Cove,Delta,Estuary,Fjord,Gulch,Harbour,Inlet,Jetty,Knoll,Lagoon".split(
  ",",
);
