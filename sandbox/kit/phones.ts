import type { City } from "./places.ts";

/** A line: digits as dialled nationally, without the trunk zero. */
export interface Line {
  readonly country: "1" | "61";
  readonly digits: string;
  readonly tollFree: boolean;
}

export interface PhoneBook {
  local(city: City): Line;
  tollFree(state: City["state"]): Line;
}

const TOLL_FREE = ["800", "888", "877", "866", "855", "844", "833"];
/** 7919 has no factor in common with 10,000, so the walk meets every number once, far from its neighbour. */
const STEP = 7919;

/** Hands out each number once: area code and 555, the exchange of invented numbers, then 556 and on when it is full. */
export function createPhoneBook(): PhoneBook {
  const given = new Map<string, number>();

  function following(area: string): { exchange: number; line: string } {
    const count = given.get(area) ?? 0;
    given.set(area, count + 1);
    const line = (count * STEP + area.length * 1009) % 10_000;
    return { exchange: Math.floor(count / 10_000), line: String(line).padStart(4, "0") };
  }

  return {
    local(city) {
      const { exchange, line } = following(city.areaCode);
      if (city.state === "NSW") {
        return { country: "61", digits: `255${50 + exchange}${line}`, tollFree: false };
      }
      return { country: "1", digits: `${city.areaCode}${555 + exchange}${line}`, tollFree: false };
    },
    tollFree(state) {
      if (state === "NSW") {
        const { exchange, line } = following("1300");
        const digits = `1300${55 + exchange}${line}`;
        return { country: "61", digits, tollFree: true };
      }
      const turn = given.get("turn") ?? 0;
      given.set("turn", turn + 1);
      const area = TOLL_FREE[turn % TOLL_FREE.length] as string;
      const { exchange, line } = following(area);
      return { country: "1", digits: `${area}${555 + exchange}${line}`, tollFree: true };
    },
  };
}

/** Writes a line in a shape such as `(999) 999-9999`: each 9 takes the next digit. */
export function writePhone(line: Line, shape: string): string {
  let at = 0;
  return shape.replace(/9/g, () => line.digits[at++] ?? "");
}

/** `+13055550100`. */
export function e164(line: Line): string {
  return `+${line.country}${line.digits}`;
}

/** A line of another country or kind in the form its owner would write. */
export function writeAustralian(line: Line, shape: string): string {
  if (line.tollFree) return line.digits.replace(/^(\d{4})(\d{3})(\d{3})$/, "$1 $2 $3");
  return writePhone(line, shape);
}
