/** Excel's limit for a cell. */
const LONGEST = 32_767;
/** Excel refuses longer targets; with some room for its own escapes. */
const LONGEST_LINK = 2_000;

// C0 and C1 controls, the two non-characters XML forbids. Tab and line feed stay.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** Text from outside as a cell can hold it: legal XML, within the limit, and read back as it was written. */
export function cellText(text: string): string {
  const clean = text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(UNPRINTABLE, "")
    .toWellFormed()
    // Excel reads `_x000D_` in a cell as the character: the underscore is escaped as it does itself.
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_");
  if (clean.length <= LONGEST) return clean;
  return `${clean
    .slice(0, LONGEST - 1)
    .toWellFormed()
    .replace(/\ufffd$/, "")}…`;
}

/** What a link may open. Anything else stays plain text. */
export function webLink(text: string): string | undefined {
  const target = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { href, hostname } = new URL(target);
  return hostname.includes(".") && href.length <= LONGEST_LINK ? href : undefined;
}

export function mailLink(text: string): string | undefined {
  if (!/^[^\s@<>"'?&,;:]+@[^\s@<>"'?&,;:]+\.[^\s@<>"'?&,;:]+$/.test(text)) return undefined;
  return `mailto:${encodeURI(text.toWellFormed())}`;
}

export function phoneLink(text: string): string | undefined {
  const digits = text.replaceAll(/[\s().-]/g, "");
  return /^\+?\d{6,15}$/.test(digits) ? `tel:${digits}` : undefined;
}

export function mapLink(latitude: unknown, longitude: unknown): string | undefined {
  if (typeof latitude !== "number" || typeof longitude !== "number") return undefined;
  const [lat, lon] = [latitude.toFixed(6), longitude.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=18/${lat}/${lon}`;
}

/** `room_count` → `Room Count`, as a heading; text that is already written for people stays. */
export function heading(name: string): string {
  return words(name, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** `with_website` → `With website`, as a line. */
export function label(name: string): string {
  const text = words(name, (word) => word);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(name: string, write: (word: string) => string): string {
  if (!/^[a-z0-9_]+$/.test(name)) return name;
  return name
    .split("_")
    .filter(Boolean)
    .map((word) => ABBREVIATIONS[word] ?? write(word))
    .join(" ");
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  id: "ID",
  url: "URL",
  dm: "DM",
  http: "HTTP",
  ota: "OTA",
  percent: "%",
};
