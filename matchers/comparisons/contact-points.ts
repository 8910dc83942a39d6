import type { Comparison } from "../kit/spec.ts";
import { sharedValue } from "./shared-value.ts";

/** Phone and letter box of a person or a company, columns `phone` and `address_key`. */
export function contactPoints(holder: string): Comparison[] {
  return [
    sharedValue("phone", {
      own: "list_filter([phone], lambda v: v is not null)",
      labels: { own: "same phone", differs: "other phones" },
      holder,
    }),
    sharedValue("address", {
      own: "list_filter([address_key], lambda v: v is not null)",
      labels: { own: "same letter box", differs: "other letter boxes" },
      m: { own: 0.3, weak: 0 },
      holder,
    }),
  ];
}
