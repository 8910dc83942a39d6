import type { Random } from "./random.ts";

/** A brand that hotels carry in their name. Words and domains are the chains' own; hotels, codes and numbers are invented. */
export interface Brand {
  readonly word: string;
  readonly parent: string;
  readonly domain: string;
  readonly countries: "US" | "AU" | "both";
  readonly rooms: readonly [number, number];
}

const BRANDS: readonly Brand[] = `
Hampton Inn|Hilton|hilton.com|US|80|140
Hilton Garden Inn|Hilton|hilton.com|US|100|180
DoubleTree by Hilton|Hilton|hilton.com|both|150|320
Embassy Suites|Hilton|hilton.com|US|160|300
Homewood Suites|Hilton|hilton.com|US|90|150
Home2 Suites|Hilton|hilton.com|US|80|130
Courtyard by Marriott|Marriott|marriott.com|both|110|200
Fairfield Inn & Suites|Marriott|marriott.com|US|70|130
Residence Inn|Marriott|marriott.com|US|90|150
SpringHill Suites|Marriott|marriott.com|US|90|150
TownePlace Suites|Marriott|marriott.com|US|80|120
Sheraton|Marriott|marriott.com|both|200|420
Four Points by Sheraton|Marriott|marriott.com|both|110|220
Holiday Inn Express|IHG|ihg.com|both|70|140
Holiday Inn|IHG|ihg.com|both|110|250
Staybridge Suites|IHG|ihg.com|US|80|130
Candlewood Suites|IHG|ihg.com|US|70|120
Crowne Plaza|IHG|ihg.com|both|150|320
Hyatt Place|Hyatt|hyatt.com|US|110|160
Hyatt House|Hyatt|hyatt.com|US|100|150
La Quinta Inn & Suites|Wyndham|wyndhamhotels.com|US|70|130
Days Inn|Wyndham|wyndhamhotels.com|US|50|120
Super 8|Wyndham|wyndhamhotels.com|US|40|90
Ramada|Wyndham|wyndhamhotels.com|both|70|160
Travelodge|Wyndham|wyndhamhotels.com|both|50|100
Comfort Inn|Choice|choicehotels.com|both|60|110
Quality Inn|Choice|choicehotels.com|both|60|120
Sleep Inn|Choice|choicehotels.com|US|60|100
Econo Lodge|Choice|choicehotels.com|both|40|80
Rodeway Inn|Choice|choicehotels.com|US|35|70
Best Western Plus|Best Western|bestwestern.com|both|60|130
Best Western|Best Western|bestwestern.com|both|40|100
Novotel|Accor|all.accor.com|AU|120|260
Mercure|Accor|all.accor.com|AU|90|220
ibis|Accor|all.accor.com|AU|80|200
Motel 6|Motel 6|motel6.com|US|60|120
Red Roof Inn|Red Roof|redroof.com|US|60|120
Extended Stay America|Extended Stay America|extendedstayamerica.com|US|90|140
`
  .trim()
  .split("\n")
  .map((line) => {
    const [word, parent, domain, countries, low, high] = line.split("|") as string[];
    return {
      word: word ?? "",
      parent: parent ?? "",
      domain: domain ?? "",
      countries: countries as Brand["countries"],
      rooms: [Number(low), Number(high)] as const,
    };
  });

export function pickBrand(random: Random, state: string, not?: Brand): Brand {
  const country = state === "NSW" ? "AU" : "US";
  const possible = BRANDS.filter(
    (brand) => brand !== not && (brand.countries === country || brand.countries === "both"),
  );
  return random.pick(possible);
}

/** The page a chain gives one of its hotels: for chains the path is the identity, not the domain. */
export function chainPage(random: Random, brand: Brand, slug: string): string {
  const code = random.text(5, "bcdfghjklmnpqrstvwxz");
  switch (brand.parent) {
    case "Hilton":
      return `https://www.hilton.com/en/hotels/${code}hx-${slug}/`;
    case "Marriott":
      return `https://www.marriott.com/en-us/hotels/${code}-${slug}/overview/`;
    case "IHG":
      return `https://www.ihg.com/hotels/us/en/${slug}/${code}/hoteldetail`;
    case "Accor":
      return `https://all.accor.com/hotel/${random.int(1000, 9999)}/index.en.shtml`;
    default:
      return `https://www.${brand.domain}/${slug}-${code}`;
  }
}
