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
 * The elements of these local names, one after another, however long the document is: it is never held.
 * An element that is not well-formed is refused, the next ones are read.
 *
 * @throws Failure `retry` when the document ends before its root does.
 */
export async function* xmlRecords(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  names: readonly string[],
): AsyncGenerator<XmlRecord | Refused> {
  const decoder = new TextDecoder("utf-8");
  const reader = openReader(names);
  for await (const chunk of chunks) {
    reader.write(decoder.decode(chunk, { stream: true }));
    yield* reader.take();
  }
  reader.write(decoder.decode());
  reader.close();
  yield* reader.take();
}

function openReader(names: readonly string[]) {
  const wanted = new Set(names);
  const parser = new SaxesParser({ position: false });
  const open: string[] = [];
  let found: (XmlRecord | Refused)[] = [];
  let record: OpenRecord | undefined;
  let problem: string | undefined;
  let count = 0;

  parser.on("error", ({ message }) => {
    if (record) record.problem ??= message;
    else problem ??= message;
  });
  parser.on("opentag", ({ name: full, attributes }) => {
    const name = localName(full);
    open.push(name);
    if (record) enter(record, name);
    else if (wanted.has(name)) record = begin(name, open.length);
    if (!record) return;
    for (const attribute in attributes) {
      add(record, `${record.path}@${localName(attribute)}`, String(attributes[attribute]));
    }
  });
  parser.on("text", (text) => {
    if (record) record.text += text;
  });
  parser.on("cdata", (text) => {
    if (record) record.text += text;
  });
  parser.on("closetag", () => {
    const depth = open.length;
    open.pop();
    if (!record) return;
    if (depth === record.depth) {
      count += 1;
      found.push(end(record, count));
      record = undefined;
    } else leave(record);
  });

  return {
    write(text: string) {
      if (text === "") return;
      parser.write(text);
      if (record && record.size + record.text.length > LONGEST) {
        throw new Failure("fatal", `<${record.name}> ${count + 1} never ends`);
      }
    },
    take() {
      const taken = found;
      found = [];
      return taken;
    },
    close() {
      // What is open now was cut off; the parser would close it for us.
      const [root] = open;
      if (root !== undefined) {
        throw new Failure("retry", `the XML ends inside <${root}>, it was cut`);
      }
      parser.close();
      if (problem !== undefined) throw new Failure("retry", `sent XML that is none: ${problem}`);
    },
  };
}

interface OpenRecord {
  readonly name: string;
  /** Open elements when it began, itself included. */
  readonly depth: number;
  readonly values: Map<string, string[]>;
  readonly parents: { path: string; hasChildren: boolean }[];
  path: string;
  hasChildren: boolean;
  text: string;
  size: number;
  problem: string | undefined;
}

function begin(name: string, depth: number): OpenRecord {
  return {
    name,
    depth,
    values: new Map(),
    parents: [],
    path: "",
    hasChildren: false,
    text: "",
    size: 0,
    problem: undefined,
  };
}

function enter(record: OpenRecord, name: string): void {
  record.parents.push({ path: record.path, hasChildren: true });
  record.path = record.path === "" ? name : `${record.path}/${name}`;
  record.hasChildren = false;
  record.text = "";
}

function leave(record: OpenRecord): void {
  if (!record.hasChildren) add(record, record.path, record.text.trim());
  const parent = record.parents.pop();
  record.path = parent?.path ?? "";
  record.hasChildren = true;
  record.text = "";
}

function add(record: OpenRecord, path: string, value: string): void {
  const values = record.values.get(path);
  if (values) values.push(value);
  else record.values.set(path, [value]);
  record.size += value.length;
}

function end({ name, values, problem }: OpenRecord, number: number): XmlRecord | Refused {
  if (problem === undefined) return { name, values };
  return {
    refused: `<${name}> ${number}: ${problem}`,
    text: JSON.stringify(Object.fromEntries(values)),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
