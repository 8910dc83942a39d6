type Kind = "int" | "float" | "text" | "bool" | "list" | "dict" | "any";

const KINDS: readonly Kind[] = ["int", "float", "text", "bool", "list", "dict", "any"];
const TEXTS = [
  "'a'",
  "'Ab c'",
  "''",
  "'x,y,z'",
  "'it\\'s'",
  '"q"',
  "'é🏨'",
  "'12'",
  "'-3.7'",
  "' pad '",
  "'a\\nb'",
  "'%s-%s'",
  "'{}/{}'",
  "'aXbXc'",
  "'true'",
  "'<b>&'",
  "'\\t'",
  "'ß'",
  "'0x1f'",
  "'hello world foo bar'",
  "'a_b-c'",
];
const INTS = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "7",
  "10",
  "255",
  "1_000",
  "0x1f",
  "9007199254740993",
  "-7",
];
const FLOATS = [
  "0.0",
  "1.5",
  "2.5",
  "-0.5",
  "1e3",
  "1e16",
  "0.1",
  "3.0",
  "1e-7",
  "123456.789",
  "-2.675",
];

/** Makes templates out of the grammar; the same seed makes the same ones. */
export function generator(seed: number): () => string {
  let state = seed >>> 0 || 1;
  /** How often a value is of another kind than wanted. */
  let noise = 0;

  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  const chance = (share: number) => random() < share;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const many = (most: number, make: () => string) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make).join(", ");

  function expr(kind: Kind, depth: number): string {
    const wanted = chance(noise) ? pick(KINDS) : kind;
    if (depth <= 0) return leaf(wanted);
    if (chance(0.06)) return `(${expr(wanted, depth - 1)})`;
    if (chance(0.05))
      return `${expr(wanted, depth - 1)} if ${expr("bool", depth - 1)} else ${expr(wanted, depth - 1)}`;
    if (chance(0.04))
      return `${expr(wanted, depth - 1)} ${pick(["and", "or"])} ${expr(wanted, depth - 1)}`;
    if (chance(0.04))
      return `${expr("any", depth - 1)} | default(${expr(wanted, depth - 1)}${pick(["", ", true"])})`;
    const d = depth - 1;
    switch (wanted) {
      case "int":
        return int(d);
      case "float":
        return float(d);
      case "text":
        return text(d);
      case "bool":
        return bool(d);
      case "list":
        return list(d);
      case "dict":
        return dict(d);
      default:
        return expr(pick(KINDS), d);
    }
  }

  function leaf(kind: Kind): string {
    switch (kind) {
      case "int":
        return pick([...INTS, "n", "x", "loop.index"]);
      case "float":
        return pick([...FLOATS, "f"]);
      case "text":
        return pick([...TEXTS, "s", "e", "y"]);
      case "bool":
        return pick(["true", "False", "none", "true"]);
      case "list":
        return pick(["l", "w", "[]", "[1, 2]", "rows", "t", "(1,)", "range(3)", "['b', 'A', 'b']"]);
      case "dict":
        return pick(["d", "{}", "{'a': 1, 'b': [2]}", "{1: 'a', 'k': none}"]);
      default:
        return pick([
          "zz",
          "none",
          "x",
          "y",
          "none_",
          "d.nope",
          "ns.v",
          "varargs",
          "kwargs",
          "caller",
          "loop",
        ]);
    }
  }

  function int(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    return pick<() => string>([
      () => `${e("int")} ${pick(["+", "-", "*", "//", "%"])} ${e("int")}`,
      () => `${e("int")} ** ${pick(["2", "0", "3"])}`,
      () => `-${e("int")}`,
      () => `${e(pick<Kind>(["list", "text", "dict"]))} | ${pick(["length", "count"])}`,
      () =>
        `${e(pick<Kind>(["text", "float", "int", "bool"]))} | int${pick(["", "(-1)", "(0, 16)", "(5, 2)"])}`,
      () => `${e("int")} | abs`,
      () => `${e("list")} | ${pick(["sum", "first", "last", "max", "min"])}`,
      () => `${receiver("list", d)}[${e("int")}]`,
      () => `${receiver("text", d)}.${pick(["find", "count", "rfind", "index"])}(${e("text")})`,
      () => `${receiver("list", d)}.${pick(["index", "count"])}(${e("int")})`,
      () => `${receiver("dict", d)}.get(${e("text")}, ${e("int")})`,
      () => `${e("text")} | wordcount`,
      () => `${e("int")} | round(${pick(["", "0", "1", "-1"])})`,
      () => `rows | sum(attribute='v')`,
      () => `rows | map(attribute='v') | ${pick(["sum", "max", "min", "first"])}`,
    ])();
  }

  function float(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    return pick<() => string>([
      () =>
        `${e("float")} ${pick(["+", "-", "*", "/", "//", "%"])} ${e(pick<Kind>(["int", "float"]))}`,
      () => `${e("int")} / ${e("int")}`,
      () =>
        `${e(pick<Kind>(["float", "int"]))} | round${pick(["", "(1)", "(2)", "(0, 'ceil')", "(1, 'floor')", "(-1)"])}`,
      () => `${e(pick<Kind>(["text", "int", "bool"]))} | float${pick(["", "(1.5)"])}`,
      () => `${e("float")} | abs`,
      () => `${e("int")} ** -1`,
    ])();
  }

  function text(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    return pick<() => string>([
      () => `${e("any")} ~ ${e("any")}`,
      () => `${e("text")} + ${e("text")}`,
      () => `${e("text")} * ${pick(["2", "0", "n"])}`,
      () =>
        `${e("text")} | ${pick(["upper", "lower", "title", "capitalize", "trim", "string", "reverse", "e", "urlencode", "striptags", "center(9)", "center(8)", "indent", "indent(2, true)", "indent(3, blank=true)", "safe", "forceescape", "wordwrap(5)", "pprint"])}`,
      () => `${e("text")} | replace(${e("text")}, ${e("text")}${pick(["", ", 1"])})`,
      () =>
        `${e("text")} | truncate(${pick(["5", "8", "10, true", "6, false, '…'", "4, true, '', 0"])})`,
      () =>
        `${receiver("text", d)}.${pick(["upper", "lower", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "casefold"])}()`,
      () =>
        `${receiver("text", d)}.${pick(["strip", "lstrip", "rstrip", "removeprefix", "removesuffix"])}(${e("text")})`,
      () =>
        `${receiver("text", d)}.replace(${e("text")}, ${e("text")}${pick(["", ", 1", ", 0", ", 2"])})`,
      () =>
        `${receiver("text", d)}.${pick(["ljust", "rjust", "center", "zfill"])}(${pick(["0", "3", "6", "7"])})`,
      () => `${receiver("text", d)}.${pick(["ljust", "rjust", "center"])}(5, '*')`,
      () => `${receiver("text", d)}.join(${e("list")})`,
      () =>
        `${e("list")} | join${pick(["", "('-')", "(', ')", `(${e("text")})`, "('|', attribute='k')"])}`,
      () => `${receiver("text", d)}[${slice(d)}]`,
      () => `${receiver("text", d)}[${e("int")}]`,
      () => `${e("any")} | string`,
      () => `${e("any")} | tojson`,
      () => `'${pick(["%s", "%r", "%5s|", "%-4s|", "%.2s"])}' % ${leafy(d)}`,
      () =>
        `'${pick(["%d", "%5d", "%05d", "%x", "%+d", "%.2f", "%e", "%g", "%8.3f", "%-6d|", "%i", "%o", "%X", "%#x", "% d"])}' % ${pick([e("int"), e("float")])}`,
      () => `'%s and %s' % (${e("any")}, ${e("any")})`,
      () => `'%(a)s %(b)s' % ${e("dict")}`,
      () => `${e("text")} | format(${many(2, () => e("any"))})`,
      () => `'{} {}'.format(${e("any")}, ${e("text")})`,
      () => `'{0!r} {1}'.format(${e("any")}, ${e("int")})`,
      () =>
        `'{:${pick([">8", "<8", "^8", "*^9", "08.2f", ".3f", ",", ".1%", "+", "e", "g", "5", "_", "x", "b", "#x", "n", "010", ".2e", "s", "<5s", "d"])}}'.format(${pick([e("int"), e("float"), e("text")])})`,
      () => `'{a.b} {c[0]}'.format(a=${e("dict")}, c=${e("list")})`,
      () => `${e("int")} | filesizeformat${pick(["", "(true)"])}`,
      () => `${e("dict")} | xmlattr`,
      () => `joiner(${pick(["", "'; '"])})()`,
    ])();
  }

  /** What a dot or a bracket can stand behind without changing its meaning. */
  function receiver(kind: Kind, d: number): string {
    return chance(0.4) ? leaf(kind) : `(${expr(kind, d)})`;
  }

  function leafy(d: number): string {
    return chance(0.5) ? leaf(pick(KINDS)) : `(${expr("any", d)})`;
  }

  function bool(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    const same = pick<Kind>(["int", "float", "text", "list"]);
    return pick<() => string>([
      () => `${e(same)} ${pick(["==", "!=", "<", "<=", ">", ">="])} ${e(same)}`,
      () => `${e("int")} < ${e("float")} <= ${e("int")}`,
      () => `${e("any")} == ${e("any")}`,
      () => `not ${e("any")}`,
      () => `${e("any")} ${pick(["in", "not in"])} ${e("list")}`,
      () => `${e("text")} ${pick(["in", "not in"])} ${e(pick<Kind>(["text", "dict"]))}`,
      () =>
        `${e("any")} is ${pick(["", "not "])}${pick(["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable", "callable", "true", "false", "filter", "test", "lower", "upper", "escaped"])}`,
      () =>
        `${e("int")} is ${pick(["", "not "])}${pick(["odd", "even", "divisibleby 2", "divisibleby(3)", "eq 1", "gt(1)", "lt 3", "ge 2", "in [1, 2]", "ne 3", "sameas 3"])}`,
      () => `${receiver("text", d)}.${pick(["startswith", "endswith"])}(${e("text")})`,
      () =>
        `${receiver("text", d)}.${pick(["isdigit", "isalpha", "isupper", "islower", "isalnum", "isspace", "istitle", "isnumeric", "isdecimal"])}()`,
    ])();
  }

  function list(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    return pick<() => string>([
      () => `[${many(3, () => e("any"))}]`,
      () => `(${many(2, () => e("any"))},)`.replace("(,)", "()"),
      () => `[${many(4, () => e("int"))}]`,
      () => `[${many(4, () => e("text"))}]`,
      () => `${e("list")} + ${e("list")}`,
      () => `${e("list")} * 2`,
      () => `${receiver("list", d)}[${slice(d)}]`,
      () => `range(${pick(["3", "1, 5", "5, 0, -2", "n", e("int")])})`,
      () =>
        `${receiver("text", d)}.${pick(["split", "rsplit"])}(${pick(["", "','", "'X'", "none, 1", "',', 1", "' '"])})`,
      () => `${receiver("text", d)}.${pick(["splitlines()", "partition(',')", "rpartition('X')"])}`,
      () =>
        `${e("list")} | ${pick(["list", "sort", "sort(reverse=true)", "unique | list", "reverse | list", "batch(2) | list", "batch(2, 0) | list", "slice(2) | list", "slice(2, 'f') | list", "sort(case_sensitive=true)", "select | list", "reject('none') | list", "select('odd') | list", "select('string') | list", "map('string') | list", "map('upper') | list", "reject('in', [1]) | list", "map('int') | list"])}`,
      () =>
        `rows | ${pick(["map(attribute='k') | list", "sort(attribute='v')", "sort(attribute='k,v')", "selectattr('v', 'gt', 1) | list", "rejectattr('k', 'equalto', 'x') | list", "groupby('k')", "groupby('k', case_sensitive=true)", "unique(attribute='k') | list", "map(attribute='zz', default=0) | list", "selectattr('v') | list", "groupby('zz', default='-') | list", "max(attribute='v') | list"])}`,
      () =>
        `${e("dict")} | ${pick(["list", "dictsort", "dictsort(by='value')", "dictsort(reverse=true)", "items | list"])}`,
      () => `${receiver("dict", d)}.${pick(["items", "keys", "values"])}()${pick([" | list", ""])}`,
      () =>
        `zip(l, ${e("list")}) | list`
          .replace("zip(", "batch0(")
          .replace(/batch0\(l, (.*)\) \| list/, "$1 | list"),
      () => `${e("text")} | list`,
    ])();
  }

  function dict(d: number): string {
    const e = (kind: Kind) => expr(kind, d);
    return pick<() => string>([
      () => `{${many(3, () => `${e(pick<Kind>(["text", "int"]))}: ${e("any")}`)}}`,
      () => `dict(a=${e("any")}, b=${e("int")})`,
      () => `dict(${e("dict")})`,
      () => `dict([(${e("text")}, ${e("any")})])`,
      () => `${receiver("dict", d)}.copy()`,
      () => `rows[${pick(["0", "1", "-1"])}]`,
    ])();
  }

  function slice(d: number): string {
    const bound = () => (chance(0.4) ? "" : expr("int", d - 1));
    return `${bound()}:${bound()}${chance(0.3) ? `:${pick(["", "2", "-1", "-2", "1"])}` : ""}`;
  }

  function space(): string {
    return pick(["", " ", "\n", "  ", "\n  ", "\t"]);
  }

  function tag(inside: string): string {
    return `{%${pick(["", "", "", "-", "+"])} ${inside} ${pick(["", "", "", "-", "+"])}%}`;
  }

  function print(depth: number): string {
    return `{{${pick(["", "", "", "-", "+"])} ${expr(pick(KINDS), depth)} ${pick(["", "", "-"])}}}`.replace(
      "{{+ +",
      "{{ +",
    );
  }

  function statements(depth: number, inLoop = false): string {
    let result = "";
    const length = 1 + Math.floor(random() * 3);
    for (let index = 0; index < length; index += 1) result += space() + statement(depth, inLoop);
    return result + space();
  }

  function statement(depth: number, inLoop: boolean): string {
    if (depth <= 0 || chance(0.35))
      return chance(0.2)
        ? pick([
            "text",
            "select 1",
            "{# c #}",
            "{#- c -#}",
            "{ x }",
            "'q'",
            "{% raw %}{{ r }}{% endraw %}",
            "a\n",
          ])
        : print(Math.floor(random() * 4));
    const d = depth - 1;
    const name = () => pick(["x", "y", "z", "_u", "n", "s"]);
    return pick<() => string>([
      () =>
        `${tag(`if ${expr("bool", 2)}`)}${statements(d, inLoop)}${chance(0.4) ? `${tag(`elif ${expr("any", 2)}`)}${statements(d, inLoop)}` : ""}${chance(0.5) ? `${tag("else")}${statements(d, inLoop)}` : ""}${tag("endif")}`,
      () =>
        `${tag(`for ${name()} in ${expr("list", 2)}${chance(0.25) ? ` if ${expr("bool", 2)}` : ""}`)}${statements(d, true)}${chance(0.3) ? `${tag("else")}${statements(d, inLoop)}` : ""}${tag("endfor")}`,
      () =>
        `${tag(`for x, y in ${pick([`${expr("dict", 1)}.items()`, "[(1, 2), (3, 4)]", "rows | groupby('k')", expr("list", 1)])}`)}${statements(d, true)}${tag("endfor")}`,
      () =>
        `${tag("for x in [1, [2, [3]]] recursive")}{{ loop.depth }}{% if x is sequence %}{{ loop(x) }}{% else %}${statements(d - 1, true)}{% endif %}${tag("endfor")}`,
      () =>
        `{% for x in ${expr("list", 2)} %}{{ loop.${pick(["index", "index0", "first", "last", "length", "revindex", "revindex0", "previtem", "nextitem", "cycle('a', 'b')", "changed(x)", "depth", "depth0"])} }}{{ x }}{{ ',' if not loop.last }}{% endfor %}`,
      () => tag(`set ${name()} = ${expr("any", 3)}`),
      () => tag(`set x, y = ${pick([`${expr("int", 1)}, ${expr("text", 1)}`, expr("list", 2)])}`),
      () =>
        `${tag(`set ${name()}${chance(0.2) ? " | upper" : ""}`)}${statements(d, inLoop)}${tag("endset")}`,
      () =>
        `${tag(`with ${name()} = ${expr("any", 2)}${chance(0.3) ? `, z = ${expr("int", 1)}` : ""}`)}${statements(d, inLoop)}${tag("endwith")}`,
      () =>
        tag(
          `do ${pick(["l.append(9)", "l.extend(w)", "d.update({'q': 1})", "l.sort()", "l.reverse()", "l.insert(0, 5)", "l.pop()", "d.pop('a')", "w.remove('A')", "d.update(c=3)", "l.clear()", "d.setdefault('m', [])", expr("any", 2)])}`,
        ),
      () =>
        `${tag(`filter ${pick(["upper", "trim", "replace('a', 'b')", "length", "indent(2)", "upper | lower"])}`)}${statements(d, inLoop)}${tag("endfilter")}`,
      () => macro(d),
      () =>
        `${tag(`set ns = namespace(v=${expr("int", 1)})`)}{% for i in range(2) %}{% set ns.v = ${expr("any", 2)} %}{% endfor %}{{ ns.v }}`,
      () =>
        inLoop
          ? `{% if ${expr("bool", 1)} %}${tag(pick(["break", "continue"]))}{% endif %}`
          : print(2),
      () => `{% set c = cycler('a', 2) %}{{ c.next() }}{{ c.current }}{{ c.next() }}`,
    ])();
  }

  function macro(d: number): string {
    const name = pick(["m", "m2"]);
    const parameters = pick(["", "a", "a, b='q'", "a, b=a", "x", "a=1", "x, y=none"]);
    const args = pick([
      "",
      expr("any", 1),
      `${expr("any", 1)}, ${expr("int", 1)}`,
      `a=${expr("any", 1)}`,
      "*[1, 2]",
      "**{'a': 1}",
      `${expr("int", 1)}, k=2`,
      `b=1, a=${expr("text", 1)}`,
    ]);
    const body = pick([
      statements(d),
      `{{ a }}{{ b }}${statements(d)}`,
      "{{ varargs }}{{ kwargs }}",
      `[{{ caller() }}]${statements(d)}`,
      "{{ caller(1, 'p') if caller is defined }}",
      "{{ a }}",
    ]);
    const definition = `${tag(`macro ${name}(${parameters})`)}${body}${tag("endmacro")}`;
    const call = chance(0.3)
      ? `{% call${pick(["", "(x)", "(p, q=2)"])} ${name}(${args}) %}${statements(d)}{% endcall %}`
      : `{{ ${name}(${args})${pick(["", " | trim", " | upper", " ~ 'x'", " | length"])} }}`;
    return definition + call;
  }

  return () => {
    noise = chance(0.25) ? 0.08 : 0.005;
    const template = chance(0.3) ? print(3) : statements(1 + Math.floor(random() * 3));
    return chance(0.04) ? damaged(template) : template;
  };

  /** Takes a character out, or doubles one. */
  function damaged(template: string): string {
    const at = Math.floor(random() * template.length);
    const width = chance(0.7) ? 1 : 2;
    return chance(0.7)
      ? template.slice(0, at) + template.slice(at + width)
      : template.slice(0, at) + template.slice(at, at + width) + template.slice(at);
  }
}
