import { type Answer, type Asked, textAnswer } from "./stand-in.ts";

/** The parameters of an action, from its JSON. */
export function askedOf({ body }: Asked): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function succeed(action: string, result: unknown): Answer {
  return json(200, { help: helpOf(action), success: true, result });
}

export function fail(status: number, action: string, error: unknown): Answer {
  return json(status, { help: helpOf(action), error, success: false });
}

function helpOf(action: string): string {
  return `https://data.example/api/3/action/help_show?name=${action}`;
}

function json(status: number, value: unknown): Answer {
  return textAnswer(status, "application/json; charset=utf-8", JSON.stringify(value));
}
