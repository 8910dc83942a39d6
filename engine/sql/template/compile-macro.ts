import { type Context, compileBody } from "./compile.ts";
import { compileExpression } from "./compile-expression.ts";
import { MacroReturn, TemplateError } from "./errors.ts";
import { frameOf } from "./frames.ts";
import type { CallBlockNode, MacroNode } from "./nodes.ts";
import { Output } from "./output.ts";
import { Runtime } from "./runtime.ts";
import { MISSING, type Scope } from "./scope.ts";
import { undeclared } from "./undeclared.ts";
import { type Kwargs, PyDict, PyFunction, PyTuple, type Value } from "./values.ts";

/** The parts of a macro and of a call block that are alike. */
type MacroLike = (MacroNode | CallBlockNode) & { readonly macroName: string };

/** Gives what makes the macro in the scope it is met in. */
export function compileMacro(node: MacroNode, context: Context): (scope: Scope) => PyFunction {
  return compileCallable(node, context);
}

/** Gives what makes the `caller` of a call block. */
export function compileCaller(node: CallBlockNode, context: Context): (scope: Scope) => PyFunction {
  return compileCallable({ ...node, macroName: "caller" }, context);
}

function compileCallable(node: MacroLike, outer: Context): (scope: Scope) => PyFunction {
  const { source } = outer;
  const own = [...node.parameters.map(({ name }) => name), "caller", "kwargs", "varargs"];
  const frame = frameOf(outer.frame, own, node.body, (names) => {
    for (const parameter of node.parameters) names.read(parameter.default);
  });
  const context: Context = { source, inLoop: false, soft: false, frame };
  const parameters = node.parameters.map((parameter) => ({
    name: parameter.name,
    span: parameter,
    fallback: parameter.default && compileExpression(parameter.default, context),
  }));
  const body = compileBody(node.body, context);
  const names = parameters.map((parameter) => parameter.name);
  const free = undeclared(node.body, ["caller", "kwargs", "varargs"]);
  const explicitCaller = parameters.find((parameter) => parameter.name === "caller");
  if (free.has("caller") && explicitCaller && !explicitCaller.fallback) {
    throw source.error(
      'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
      explicitCaller.span,
    );
  }
  const takesCaller = free.has("caller") && !explicitCaller;
  const takesKwargs = free.has("kwargs") && !names.includes("kwargs");
  const takesVarargs = free.has("varargs") && !names.includes("varargs");
  const { macroName } = node;
  const isCaller = node.type === "callblock";

  function bindArguments(rt: Runtime, scope: Scope, args: readonly Value[], given: Kwargs): void {
    const kwargs = new Map(given);
    for (const [index, name] of names.entries()) {
      const value = args[index] ?? (index < args.length ? null : kwargs.get(name));
      if (index >= args.length) kwargs.delete(name);
      scope.set(name, value === undefined ? MISSING : value);
    }
    if (takesCaller) {
      const caller = kwargs.get("caller");
      kwargs.delete("caller");
      scope.set("caller", caller ?? rt.undefined("No caller defined", "caller"));
    }
    if (takesKwargs) scope.set("kwargs", new PyDict(kwargs));
    else if (kwargs.has("caller")) {
      throw new TemplateError(
        `macro '${macroName}' was invoked with two values for the special caller argument. This is most likely a bug.`,
      );
    } else if (kwargs.size > 0) {
      const [name] = kwargs.keys();
      throw new TemplateError(`macro '${macroName}' takes no keyword argument '${name}'`);
    }
    if (takesVarargs) scope.set("varargs", new PyTuple(args.slice(names.length)));
    else if (args.length > names.length) {
      throw new TemplateError(
        `macro '${macroName}' takes not more than ${names.length} argument(s)`,
      );
    }
  }

  function run(rt: Runtime, scope: Scope): string {
    for (const { name, span, fallback } of parameters) {
      if (scope.own(name) !== MISSING) continue;
      rt.at(span);
      const value = fallback
        ? fallback(rt, scope)
        : rt.undefined(`parameter '${name}' was not provided`, name);
      scope.set(name, value);
    }
    const out = new Output();
    body(rt, scope, out);
    rt.capture(out.text, out.segments);
    return out.text;
  }

  const attributes = new Map<string, Value>([
    ["name", isCaller ? null : macroName],
    ["arguments", new PyTuple(names)],
    ["catch_kwargs", takesKwargs],
    ["catch_varargs", takesVarargs],
    ["caller", free.has("caller")],
  ]);

  return (defined) =>
    new PyFunction(
      isCaller ? "" : macroName,
      (args, kwargs, site) => {
        if (!(site instanceof Runtime)) throw new TypeError("call macros through callMacro");
        const rt = site;
        const scope = frame.open(defined);
        bindArguments(rt, scope, args, kwargs);
        return rt.within(source, macroName, () => {
          try {
            return run(rt, scope);
          } catch (error) {
            if (error instanceof MacroReturn && !isCaller) return error.value;
            throw error;
          }
        });
      },
      "macro",
      attributes,
    );
}
