import {
  type CallSite,
  fn,
  type Kwargs,
  type PyFunction,
  PyList,
  PyObject,
  PyTuple,
  str,
  type Value,
} from "./template/values.ts";

const MILLISECONDS: Readonly<Record<string, number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
};
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July", "August"],
  ...["September", "October", "November", "December"],
];

/** The part of Python's standard library that dbt hands to templates. The clock is the run's. */
export function modulesValue(now: Date): Value {
  const today = fn("today", () => new DateValue(startOfDay(now), "date"));
  const current = fn("now", () => new DateValue(now, "datetime"));
  const datetime = new Callable((args) => new DateValue(fromParts(args), "datetime"), {
    now: current,
    utcnow: current,
    today: current,
    strptime: fn("strptime", ([text, format], _, site) => parseDate(text, format, site)),
    fromisoformat: fn("fromisoformat", ([text]) => new DateValue(utc(str(text ?? "")), "datetime")),
  });
  const date = new Callable((args) => new DateValue(fromParts(args), "date"), {
    today,
    fromisoformat: fn("fromisoformat", ([text]) => new DateValue(utc(str(text ?? "")), "date")),
  });
  const timedelta = fn("timedelta", (args, kwargs) => new DeltaValue(span(args, kwargs)));
  const timezone = new PyObject({ utc: "UTC" });
  return new PyObject({
    datetime: new PyObject({ datetime, date, timedelta, timezone }),
    pytz: new PyObject({ utc: "UTC", timezone: fn("timezone", ([name]) => name ?? "UTC") }),
    re: regularExpressions(),
    itertools: new PyObject({
      chain: fn("chain", (args) => new PyList(args.flatMap(itemsOf))),
      product: fn("product", (args) => product(args.map(itemsOf))),
    }),
  });
}

export function datetimeValue(date: Date): Value {
  return new DateValue(date, "datetime");
}

class Callable extends PyObject {
  readonly #make: (args: readonly Value[]) => Value;
  constructor(make: (args: readonly Value[]) => Value, attributes: Record<string, Value>) {
    super(attributes);
    this.#make = make;
  }
  override call(args: readonly Value[]): Value {
    return this.#make(args);
  }
}

class DeltaValue extends PyObject {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    const days = Math.floor(milliseconds / 86_400_000);
    super({
      days: BigInt(days),
      seconds: BigInt(Math.floor((milliseconds - days * 86_400_000) / 1000)),
      total_seconds: fn("total_seconds", () => milliseconds / 1000),
    });
    this.milliseconds = milliseconds;
  }
}

class DateValue extends PyObject {
  readonly date: Date;
  readonly kind: "date" | "datetime";

  constructor(date: Date, kind: "date" | "datetime") {
    super();
    this.date = date;
    this.kind = kind;
  }

  override get(name: string): Value | undefined {
    const { date } = this;
    const numbers: Record<string, number> = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: date.getUTCMilliseconds() * 1000,
    };
    const number = numbers[name];
    if (number !== undefined) return BigInt(number);
    const same = fn(name, () => this);
    switch (name) {
      case "strftime":
        return fn(name, ([format]) => strftime(date, str(format ?? "")));
      case "isoformat":
        return fn(name, () => this.str().replace(" ", "T"));
      case "date":
        return fn(name, () => new DateValue(startOfDay(date), "date"));
      case "weekday":
        return fn(name, () => BigInt((date.getUTCDay() + 6) % 7));
      case "timestamp":
        return fn(name, () => date.getTime() / 1000);
      case "replace":
        return fn(name, (_, kwargs) => new DateValue(replaced(date, kwargs), this.kind));
      case "astimezone":
        return same;
      case "plus":
        return fn(name, ([delta]) => this.#shifted(delta, 1));
      case "minus":
        return fn(name, ([delta]) => this.#shifted(delta, -1));
      default:
        return undefined;
    }
  }

  override str(): string {
    return strftime(this.date, this.kind === "date" ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S.%f+00:00");
  }

  override equals(other: Value): boolean {
    return other instanceof DateValue && other.date.getTime() === this.date.getTime();
  }

  #shifted(delta: Value | undefined, sign: number): Value {
    const milliseconds = delta instanceof DeltaValue ? delta.milliseconds : 0;
    return new DateValue(new Date(this.date.getTime() + sign * milliseconds), this.kind);
  }
}

function strftime(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = Math.floor(
    (startOfDay(date).getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000,
  );
  const hour = date.getUTCHours();
  const parts: Record<string, string> = {
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(hour),
    I: two(hour % 12 || 12),
    p: hour < 12 ? "AM" : "PM",
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    f: String(date.getUTCMilliseconds() * 1000).padStart(6, "0"),
    j: String(day + 1).padStart(3, "0"),
    A: DAYS[date.getUTCDay()] ?? "",
    a: (DAYS[date.getUTCDay()] ?? "").slice(0, 3),
    B: MONTHS[date.getUTCMonth()] ?? "",
    b: (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3),
    s: String(Math.floor(date.getTime() / 1000)),
    Z: "UTC",
    z: "+0000",
    F: "",
    T: "",
    "%": "%",
  };
  parts.F = `${parts.Y}-${parts.m}-${parts.d}`;
  parts.T = `${parts.H}:${parts.M}:${parts.S}`;
  return format.replace(/%(.)/g, (all, letter: string) => parts[letter] ?? all);
}

function parseDate(text: Value | undefined, format: Value | undefined, site: CallSite): Value {
  const widths: Record<string, string> = { Y: "\\d{4}", y: "\\d{2}" };
  const letters: string[] = [];
  const pattern = str(format ?? "").replace(/%(.)|([.*+?^${}()|[\]\\])/g, (_, letter, special) => {
    if (special) return `\\${special}`;
    letters.push(letter);
    return `(${widths[letter] ?? "\\d{1,2}"})`;
  });
  const found = new RegExp(`^${pattern}$`).exec(str(text ?? ""));
  if (!found) {
    return site.fail(`time data '${str(text ?? "")}' does not match format '${str(format ?? "")}'`);
  }
  const value = (letter: string, fallback: number): number =>
    letters.includes(letter) ? Number(found[letters.indexOf(letter) + 1]) : fallback;
  const date = Date.UTC(
    value("Y", 1900),
    value("m", 1) - 1,
    value("d", 1),
    value("H", 0),
    value("M", 0),
    value("S", 0),
  );
  return new DateValue(new Date(date), "datetime");
}

function regularExpressions(): Value {
  const compiled = (pattern: Value | undefined, flags: string): RegExp =>
    new RegExp(str(pattern ?? "").replaceAll("(?P<", "(?<"), `u${flags}`);
  const find = (name: string, wrap: (pattern: string) => string): PyFunction =>
    fn(name, ([pattern, text]) => {
      const found = compiled(wrap(str(pattern ?? "")), "").exec(str(text ?? ""));
      if (!found) return null;
      const group = fn("group", ([index]) => found[Number(index ?? 0n)] ?? null);
      const groups = fn("groups", () => new PyTuple(found.slice(1).map((each) => each ?? null)));
      return new PyObject({ group, groups });
    });
  return new PyObject({
    match: find("match", (pattern) => `^(?:${pattern})`),
    fullmatch: find("fullmatch", (pattern) => `^(?:${pattern})$`),
    search: find("search", (pattern) => pattern),
    sub: fn("sub", ([pattern, replacement, text]) =>
      str(text ?? "").replace(
        compiled(pattern, "g"),
        str(replacement ?? "")
          .replaceAll("$", "$$$$")
          .replace(/\\(\d)/g, "$$$1"),
      ),
    ),
    findall: fn(
      "findall",
      ([pattern, text]) =>
        new PyList(
          [...str(text ?? "").matchAll(compiled(pattern, "g"))].map((all) => all[1] ?? all[0]),
        ),
    ),
    split: fn(
      "split",
      ([pattern, text]) => new PyList(str(text ?? "").split(compiled(pattern, ""))),
    ),
    escape: fn("escape", ([text]) => str(text ?? "").replace(/[^\w]/g, "\\$&")),
    IGNORECASE: "i",
  });
}

function product(lists: readonly Value[][]): Value {
  const rows = lists.reduce<Value[][]>(
    (all, list) => all.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
  return new PyList(rows.map((row) => new PyTuple(row)));
}

function itemsOf(value: Value): Value[] {
  return value instanceof PyList || value instanceof PyTuple ? [...value.items] : [];
}

function span(args: readonly Value[], kwargs: Kwargs): number {
  const days = Number(args[0] ?? 0n) * 86_400_000 + Number(args[1] ?? 0n) * 1000;
  const named = [...kwargs].map(([unit, amount]) => Number(amount) * (MILLISECONDS[unit] ?? 0));
  return named.reduce((sum, each) => sum + each, days);
}

function fromParts(args: readonly Value[]): Date {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = args.map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function replaced(date: Date, kwargs: Kwargs): Date {
  const part = (name: string, fallback: number): number => Number(kwargs.get(name) ?? fallback);
  return new Date(
    Date.UTC(
      part("year", date.getUTCFullYear()),
      part("month", date.getUTCMonth() + 1) - 1,
      part("day", date.getUTCDate()),
      part("hour", date.getUTCHours()),
      part("minute", date.getUTCMinutes()),
      part("second", date.getUTCSeconds()),
    ),
  );
}

function startOfDay(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
}

function utc(text: string): Date {
  return new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) || text.length <= 10 ? text : `${text}Z`);
}
