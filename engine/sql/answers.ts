import type { Column, Row, Warehouse } from "../warehouse/warehouse.ts";
import type { Database } from "./adapter.ts";
import { relationType } from "./execute.ts";
import { type Relation, relationKey, relationSql } from "./relation.ts";
import type { RelationType } from "./relation-value.ts";
import type { CallSite } from "./template/values.ts";

const MAX_QUESTIONS = 1000;

/**
 * Lets a text that looks at the database be rendered without waiting: a question without an answer
 * ends the rendering, is asked, and the rendering begins again. It answers the same each time.
 */
export class Answers implements Database {
  readonly #warehouse: Warehouse;
  readonly #known = new Map<string, unknown>();
  /** A query was run for the rendering: its text depends on rows. */
  sawRows = false;
  #question: { readonly key: string; readonly ask: () => Promise<unknown> } | undefined;

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  /** Renders until every question is answered. */
  async rendering<T>(work: () => T): Promise<T> {
    for (let asked = 0; ; asked += 1) {
      this.#question = undefined;
      try {
        return work();
      } catch (error) {
        const question = this.#question as { key: string; ask: () => Promise<unknown> } | undefined;
        if (!question || asked > MAX_QUESTIONS) throw error;
        this.#known.set(question.key, await question.ask());
      }
    }
  }

  columns(relation: Relation, site: CallSite): readonly Column[] {
    return this.#answer(`columns ${relationKey(relation)}`, site, async () => {
      if ((await relationType(this.#warehouse, relation)) === undefined) return [];
      return await this.#warehouse.describe(`select * from ${relationSql(relation)}`);
    });
  }

  type(relation: Relation, site: CallSite): RelationType {
    return this.#answer(`type ${relationKey(relation)}`, site, () =>
      relationType(this.#warehouse, relation),
    );
  }

  rows(sql: string, site: CallSite): readonly Row[] {
    this.sawRows = true;
    return this.#answer(`rows ${sql}`, site, () => this.#warehouse.rows(sql));
  }

  #answer<T>(key: string, site: CallSite, ask: () => Promise<T>): T {
    if (this.#known.has(key)) return this.#known.get(key) as T;
    this.#question = { key, ask };
    return site.fail("the database is asked first");
  }
}
