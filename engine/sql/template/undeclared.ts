import type { Body } from "./nodes.ts";
import { walkBody } from "./walk.ts";

/** Which of the names a body reads before it sets them itself, in the order of the text. */
export function undeclared(body: Body, names: readonly string[]): Set<string> {
  const wanted = new Set(names);
  const found = new Set<string>();
  walkBody(body, {
    read: ({ name }) => {
      if (wanted.has(name)) found.add(name);
    },
    write: ({ name }) => {
      wanted.delete(name);
    },
  });
  return found;
}
