import { TemplateError } from "./errors.ts";
import { filter } from "./filters.ts";
import { quoted, str, typeName } from "./spell.ts";
import { type Invoke, PyDict, PyUndefined, type Value } from "./types.ts";
import { characters } from "./unicode.ts";
import { truth } from "./values.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

export function filtersHtml(): [string, Invoke][] {
  return [
    ...filter("striptags", "value", ([value = null]) => stripTags(str(value))),
    ...filter("xmlattr", "d autospace?", ([value = null, autospace = true]) => {
      if (!(value instanceof PyDict)) {
        throw new TemplateError(`'${typeName(value)}' object has no attribute 'items'`);
      }
      const text = attributes(value);
      return truth(autospace) && text !== "" ? ` ${text}` : text;
    }),
    ...filter(
      "urlize",
      "value trim_url_limit? nofollow? target? rel? extra_schemes?",
      ([value = null, limit = null, nofollow = false, target = null, rel = null]) => {
        const words = new Set(rel === null ? [] : str(rel).split(/\s+/).filter(Boolean));
        if (truth(nofollow)) words.add("nofollow");
        words.add("noopener");
        const relation = [...words].sort().join(" ");
        return urlize(str(value), limit, relation, target);
      },
    ),
  ];
}

function stripTags(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
    "&quot;": '"',
    "&#34;": '"',
    "&#39;": "'",
  };
  return value
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<[^>]*>/g, "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .join(" ")
    .replace(/&(?:lt|gt|amp|quot|#34|#39);/g, (entity) => entities[entity] ?? entity);
}

function attributes(value: PyDict): string {
  const parts: string[] = [];
  for (const [key, item] of value.entries()) {
    if (item === null || item instanceof PyUndefined) continue;
    if (typeof key !== "string") throw new TemplateError("expected string or bytes-like object");
    const name = key;
    if (/[\s/>=]/.test(name)) {
      throw new TemplateError(`Invalid character in attribute name: ${quoted(name)}`);
    }
    parts.push(`${escapeHtml(name)}="${escapeHtml(str(item))}"`);
  }
  return parts.join(" ");
}

const WEB = /^(?:https?:\/\/|www\.)[^\s<>]+\.[^\s<>]+$/i;
const MAIL = /^(?:mailto:)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/i;

/** Addresses in a text become links; brackets and full stops around them stay outside. */
function urlize(text: string, limit: Value, rel: string, target: Value): string {
  const attributes =
    (rel === "" ? "" : ` rel="${escapeHtml(rel)}"`) +
    (target === null ? "" : ` target="${escapeHtml(str(target))}"`);
  return text
    .split(/(\s+)/)
    .map((word) => {
      const [, head = "", middle = "", tail = ""] =
        /^((?:[(<]|&lt;)*)([\s\S]*?)((?:[).,>\n]|&gt;)*)$/.exec(word) ?? [];
      const shown = escapeHtml(shortened(middle, limit));
      if (WEB.test(middle)) {
        const href = /^https?:/i.test(middle) ? middle : `https://${middle}`;
        return `${escapeHtml(head)}<a href="${escapeHtml(href)}"${attributes}>${shown}</a>${escapeHtml(tail)}`;
      }
      if (MAIL.test(middle) && !middle.startsWith("www.")) {
        const address = middle.replace(/^mailto:/i, "");
        return `${escapeHtml(head)}<a href="mailto:${escapeHtml(address)}">${escapeHtml(address)}</a>${escapeHtml(tail)}`;
      }
      return escapeHtml(word);
    })
    .join("");
}

function shortened(url: string, limit: Value): string {
  const letters = characters(url);
  const size = typeof limit === "bigint" ? Number(limit) : letters.length;
  return letters.length > size ? `${letters.slice(0, size).join("")}...` : url;
}
