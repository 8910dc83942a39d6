import { StringDecoder } from "node:string_decoder";
import { SaxesParser } from "saxes";
import type { Refused } from "../../engine/warehouse/landing.ts";
import { Failure } from "./classify.ts";

/** An element and what stands in it, by paths: `EntityType/EntityTypeInd`, `ABN@status`, `@replaced`. */
export interface XmlRecord {
  readonly name: string;
  /** In the order of the document; an empty element has an empty text. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** A record of this many characters is none: a closing tag was lost. */
const LONGEST = 4 * 2 ** 20;

/**
 * The elements of these names, one after another, however long the document is: only one of them is held.
 * The text is cut where they begin and end and each is parsed by itself, so that one which is not
 * well-formed is refused and the next ones are read.
 *
 * @throws Failure `retry` when the document ends before its root does.
 */
export async function* xmlRecords(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  names: readonly string[],
): AsyncGenerator<XmlRecord | Refused> {
  const decoder = new StringDecoder("utf8");
  const cutter = openCutter(names);
  const parse = openParser();
  for await (const chunk of chunks) {
    for (const found of cutter.cut(decoder.write(chunk))) yield parse(found);
  }
  cutter.end();
}

interface Found {
  readonly name: string;
  readonly text: string;
  /** From 1, of those of its name. */
  readonly number: number;
}

function openCutter(names: readonly string[]) {
  const start = new RegExp(`<((?:[\\w.-]+:)?(?:${names.join("|")}))(?=[\\s>])`, "g");
  let rest = "";
  let root: string | undefined;
  const counts = new Map<string, number>();

  function* cut(text: string): Generator<Found> {
    rest += text;
    root ??= /<([A-Za-z_][\w.:-]*)(?=[\s/>])/.exec(rest)?.[1];
    let from = 0;
    for (;;) {
      start.lastIndex = from;
      const [, name = ""] = start.exec(rest) ?? [];
      if (name === "") {
        // A tag may be cut in its name.
        rest = rest.slice(Math.max(from, rest.lastIndexOf("<")));
        return;
      }
      const begin = start.lastIndex - name.length - 1;
      const last = `</${name}>`;
      const number = (counts.get(name) ?? 0) + 1;
      const end = rest.indexOf(last, begin);
      if (end === -1) {
        rest = rest.slice(begin);
        if (rest.length > LONGEST) {
          throw new Failure("fatal", `<${name}> ${number} never ends`);
        }
        return;
      }
      from = end + last.length;
      counts.set(name, number);
      yield { name: localName(name), text: rest.slice(begin, from), number };
    }
  }

  return {
    cut,
    end() {
      if (root !== undefined && rest.trim() === `</${root}>`) return;
      const inside = root === undefined ? "before it begins" : `inside <${root}>`;
      throw new Failure("retry", `the XML ends ${inside}, it was cut`);
    },
  };
}

function openParser(): (found: Found) => XmlRecord | Refused {
  let parser: SaxesParser | undefined;
  let record = begin();

  function open(): SaxesParser {
    const opened = new SaxesParser({ position: false, fragment: true });
    opened.on("error", ({ message }) => {
      record.problem ??= message;
    });
    opened.on("opentag", ({ name: full, attributes }) => {
      enter(record, localName(full));
      for (const attribute in attributes) {
        add(record, `${record.path}@${localName(attribute)}`, String(attributes[attribute]));
      }
    });
    opened.on("text", (text) => {
      record.text += text;
    });
    opened.on("cdata", (text) => {
      record.text += text;
    });
    opened.on("closetag", () => leave(record));
    return opened;
  }

  return ({ name, text, number }) => {
    parser ??= open();
    record = begin();
    parser.write(text);
    const { values, problem, parents } = record;
    if (problem === undefined && parents.length === 0) return { name, values };
    // What it believes to be open now is of no use for the next record.
    parser = undefined;
    return { refused: `<${name}> ${number}: ${problem ?? "a tag is not closed"}`, text };
  };
}

interface OpenRecord {
  readonly values: Map<string, string[]>;
  readonly parents: { readonly path: string }[];
  /** Below the record's own element. */
  path: string;
  hasChildren: boolean;
  text: string;
  problem: string | undefined;
}

function begin(): OpenRecord {
  return {
    values: new Map(),
    parents: [],
    path: "",
    hasChildren: false,
    text: "",
    problem: undefined,
  };
}

function enter(record: OpenRecord, name: string): void {
  const isRoot = record.parents.length === 0;
  record.parents.push({ path: record.path });
  if (!isRoot) record.path = record.path === "" ? name : `${record.path}/${name}`;
  record.hasChildren = false;
  record.text = "";
}

function leave(record: OpenRecord): void {
  if (!record.hasChildren) add(record, record.path, record.text.trim());
  record.path = record.parents.pop()?.path ?? "";
  record.hasChildren = true;
  record.text = "";
}

function add({ values }: OpenRecord, path: string, value: string): void {
  const known = values.get(path);
  if (known) known.push(value);
  else values.set(path, [value]);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
