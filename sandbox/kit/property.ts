import type { Address } from "./address.ts";
import type { Brand } from "./chains.ts";
import type { Booking } from "./engines.ts";
import type { Line } from "./phones.ts";
import type { Person } from "./words.ts";

/** What stands there. Everything but the first five is a record of its own that is no hotel. */
export type Kind =
  | "hotel"
  | "motel"
  | "guest_house"
  | "apartment"
  | "resort"
  | "private_rental"
  | "restaurant";

/** Who reports a property. */
export type Source = "register" | "map" | "directory" | "crm" | "people" | "urls";

export type Trap =
  | "chain_next_door"
  | "chain_neighbours"
  | "restaurant_inside"
  | "shared_address"
  | "shared_switchboard"
  | "engine_website"
  | "rebrand"
  | "move"
  | "closure"
  | "legal_name"
  | "twin_buildings"
  | "annex"
  | "misspelling"
  | "abbreviation"
  | "unit_rows"
  | "single_unit"
  | "wrong_coordinates"
  | "missing_longitude"
  | "brand_number"
  | "portfolio_domain"
  | "mapped_twice";

/** Why a person or a company may be taken for another, or not for itself. */
export type PartyTrap =
  | "initial"
  | "swapped"
  | "short_name"
  | "family"
  | "legal_form"
  | "abbreviation"
  | "misspelling"
  | "trading_name";

export interface Owner {
  readonly id: number;
  readonly company: string;
  readonly person: Person;
  /** A natural person holds the licence, not a company. */
  readonly isPerson: boolean;
  readonly phone: Line;
}

/** The hidden truth about one property. */
export interface Property {
  readonly id: number;
  readonly kind: Kind;
  readonly name: string;
  readonly brand: Brand | undefined;
  readonly address: Address;
  /** Several properties may stand in one building. */
  readonly building: number;
  readonly phone: Line;
  /** Another line of the house that some sources print. */
  readonly otherPhone: Line;
  readonly tollFree: Line;
  /** Registrable domain of its own; nothing for chains, rentals and houses without a site. */
  readonly domain: string | undefined;
  /** Home page. */
  readonly website: string | undefined;
  readonly email: string | undefined;
  readonly mailbox: "role" | "free" | "person";
  readonly owner: Owner;
  readonly manager: string | undefined;
  readonly contact: Person;
  readonly contactTitle: string;
  readonly booking: Booking | undefined;
  readonly rooms: number;
  readonly rating: string;
  readonly reviews: number;
  readonly openedYear: number;
  readonly closedYear: number | undefined;
  readonly sources: ReadonlySet<Source>;
  readonly traps: ReadonlySet<Trap>;
  readonly deviations: Deviations;
}

/** What one source has wrong on purpose. */
interface Deviations {
  readonly formerName?: { readonly name: string; readonly in: Source };
  readonly formerAddress?: { readonly address: Address; readonly in: Source };
  readonly misspeltIn?: Source;
  readonly wrongPoint?: {
    readonly latitude: number;
    readonly longitude: number;
    readonly in: Source;
  };
  /** A condominium: the register repeats its licence per unit. */
  readonly unitRows?: number;
}

/** One row, element or line of a source, and which property it truly is. */
export interface TruthRecord {
  /** `<source>:<source_record_id>`. */
  readonly recordId: string;
  readonly propertyId: number;
  readonly traps: readonly Trap[];
}

/** A person or a company as a source names it, and who it truly is. */
export interface TruthMention {
  /** `<source>:<source_record_id>:<role>`. */
  readonly recordId: string;
  readonly person?: Person;
  /** State and name. */
  readonly company?: string;
  readonly traps: readonly PartyTrap[];
}

export function isLodging(property: Property): boolean {
  return property.kind !== "private_rental" && property.kind !== "restaurant";
}
