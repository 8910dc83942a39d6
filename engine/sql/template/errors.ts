import type { Value } from "./types.ts";

/** Something a template cannot do. Whoever knows the place turns it into an EltError. */
export class TemplateError extends Error {
  /** Where the blame lies, when that is not where it was noticed: an undefined value's origin. */
  readonly origin: unknown;
  constructor(message: string, origin?: unknown) {
    super(message);
    this.name = "TemplateError";
    this.origin = origin;
  }
}

/** Thrown by `return`: the macro around it ends with the value. */
export class MacroReturn extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super("return stands outside a macro");
    this.value = value;
  }
}
