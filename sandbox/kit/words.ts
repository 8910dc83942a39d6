import type { Random } from "./random.ts";

/** Invented names: no word list here was taken from a real hotel, person or street. */

const split = (text: string): readonly string[] => text.trim().split(/\s+/);

const ADJECTIVES = split(`
Amber Azure Blue Bright Bronze Calm Cedar Clear Cobalt Copper Coral Crimson Crystal Distant Drifting Dusky Early Ebony
Emerald Evening Fair Far Gentle Gilded Golden Grand Green Grey Hidden High Hollow Idle Indigo Iron Ivory Jade Lantern
Lavender Lazy Leeward Linen Little Lone Long Lucky Merry Mellow Misty Moonlit Morning Mossy Noble Northern Oak Ochre
Old Olive Opal Painted Pale Pearl Pebble Pine Plum Proud Quiet Red Rose Royal Russet Rusty Saffron Salt Salty Sandy
Scarlet Serene Shady Shell Silent Silver Slow Smoky Southern Spruce Starlit Still Stone Sunlit Sunny Swaying Tall Tawny Teal
Tidal Topaz Twilight Umber Velvet Violet Wandering Weathered White Wild Willow Windward Winter Yellow
`);

const NOUNS = split(`
Acacia Acorn Albatross Alder Anchor Anhinga Arbor Ash Banyan Barnacle Bayberry Beacon Beech Birch Bittern Bluff Bobcat
Bougainvillea Boxwood Breaker Brook Buoy Buttonwood Camellia Cardinal Cassia Cay Chestnut Clover Cockle Compass Conch
Cormorant Cottonwood Cove Cowrie Crane Creek Current Curlew Cypress Dahlia Dolphin Dory Dove Driftwood Dune Eagle Egret Elder
Elm Estuary Falcon Fern Finch Flamingo Foxglove Frigate Galleon Gannet Gardenia Garland Gazebo Ginger Grove Gull Harbor
Hawthorn Heather Heron Hibiscus Hickory Holly Ibis Inlet Ironwood Island Ivy Jacaranda Jasmine Jetty Juniper Keel Kestrel
Kingfisher Lagoon Lantana Larch Lark Laurel Ledge Lighthouse Lilac Lily Limpet Linden Locust Loon Lotus Magnolia Mallow
Manatee Mangrove Manor Maple Marigold Marlin Marsh Meadow Mesquite Mimosa Mockingbird Myrtle Nautilus Oleander Orchid Oriole Osprey
Otter Owl Palm Palmetto Pavilion Pecan Pelican Persimmon Petrel Pier Plover Plumeria Poinciana Pond Poplar Puffin Quail
Rampart Raven Reef Ridge Robin Rookery Rosemary Rudder Sage Sail Sandpiper Schooner Seahorse Shoal Sloop Snapper Sparrow
Spinnaker Spoonbill Starfish Starling Stork Strand Sumac Swallow Swan Sycamore Tamarind Tarpon Teal Tern Thistle Thrush Tide
Tiller Tortoise Trillium Tulip Turnstone Turtle Verbena Viburnum Wharf Whelk Willet Wisteria Wren Yarrow Yucca Zinnia
`);

const LANDFORMS = split(`
Point Bay Key Ridge Creek Harbor Landing Hill Shore Park Terrace Court Garden Springs Crossing Hollow View Cove Bluff Lake
`);

const FIRST_NAMES = split(`
Adela Alan Amara Andrew Anita Arthur Beatrice Bernard Bianca Brian Carla Carmen Cecil Clara Colin Daniel Daphne Denise Dennis
Diego Edith Edwin Elena Emil Esther Evan Fiona Frances Gareth Gloria Graham Grant Hana Harold Helen Hugo Ian Ines Irene
Ivan Jasper Joan Jonas Julia Karen Keith Lena Leo Lorna Louis Lydia Marcus Margot Marina Martin Maya Miles Mona Nadia Neil
Nora Oscar Owen Paula Percy Petra Philip Priya Ralph Ramon Renata Rhoda Rohan Rosa Ruth Samuel Sanjay Selma Simon Sonia
Stella Stuart Tara Theo Thomas Ursula Vera Victor Wanda Warren Yusuf Yvonne Zoe
`);

/** What friends call them. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  Andrew: "Andy",
  Daniel: "Dan",
  Frances: "Fran",
  Harold: "Hal",
  Martin: "Marty",
  Philip: "Phil",
  Samuel: "Sam",
  Thomas: "Tom",
};

const SURNAMES = split(`
Abernall Alderwick Ambrosetti Arkwell Ashmere Balcourt Bannerly Barrowden Bartelmann Beckridge Bellastro Bexhall Birchmore
Blakeney Bonavida Brandreth Brightwell Calderone Carradine Castellane Chadwell Chandrapal Colbrook Corriveau Cranstead
Dalgarno Darrowby Delacorte Dellaroca Desmaris Dunmarrow Eastlake Elderkin Ellsmere Fairborne Falkenrath Farnwell Fenimore
Figuerola Fontanez Garraway Gillomar Glanmore Goddenham Gradwell Halvorsson Hampden Harcastle Hartsfield Hathersage
Hawksley Hollinworth Iverwood Jansdotter Jessamine Kallstrom Keswick Kilbraney Kingsolver Kowalder Lambrecht Langstroth
Larkenby Leavensworth Lindenau Lockridge Lomandra Marchetti Marlowe Mehrabani Merriweather Mirchand Montserrat Moorcroft
Nakashiro Narayal Netherby Northcote Oakenfold Okonjo Olivares Osterhaus Pallister Pargeter Patelwala Pemberley Penhallow
Peregrin Pettibone Quarrington Quillan Ravensdale Redferne Rockwood Rosenthorn Rutherglen Sandovar Santaolalla Schoenfeldt
Selwick Shahbazi Silvermane Sorrentine Stanhope Stavropol Sutcliffe Tavernier Tessaro Thackery Thornbury Tillinghast
Tolliver Trevanion Underhill Vandermeer Varela Vasquillo Venkatesan Wadsley Wainwright Warrington Wetherall Whitcombe
Winterbourne Wolverson Yarborough Zambrano Zellweger
`);

const SYLLABLES = split(`
al ba be bri ca ce co da del do el fa fi ga gra ha il ja ka la le li lo lu ma me mi mo na ne no o pa pe ra re ri ro sa se so
ta te ti to u va ve vi za
`);
const ENDINGS = split(
  "lla nne ra ro lle na mar ssa sta vo dor len ria ven lis tta nte rano vista vale",
);

const STREETS = split(`
Almond Anchorage Ashby Atlantic Banyan Barracks Baywater Beacon Bellview Biscuit Bonnet Boulder Bridge Buttonwood Cabot
Caldwell Calico Canal Cannery Capstan Carver Cedar Chapel Cherry Clement Coast Collier Commodore Cooper Coquina Crescent Cutter
Dolphin Dunes Easterly Ellis Ferry Flagship Fletcher Fountain Galley Garden Granite Gulf Halyard Harbor Hawthorne Hibiscus
Hillcrest Indigo Jasmine Jetty Juniper Kestrel Lagoon Lantern Laurel Lighthouse Linden Mainsail Mangrove Mariner Market
Mast Meridian Mill Mission Myrtle Ocean Orange Orchard Osprey Palm Pearl Pelican Pier Pilot Plaza Poinciana Quarry Quay
Regatta Ridge River Rudder Sailfish Sandpiper Schooner Seagrape Seawall Shoreline Signal Spinnaker Spring Station Sunset
Tamarind Tidewater Trade Turtle Union Vine Walnut Waterfront Wharf Windlass
`);

const LODGING_WORDS: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  hotel: [
    ["Hotel", 40],
    ["Inn", 14],
    ["Resort", 8],
    ["Hotel & Suites", 8],
    ["Beach Resort", 5],
    ["Suites", 8],
    ["Boutique Hotel", 5],
    ["Lodge", 6],
    ["", 6],
  ],
  motel: [
    ["Motel", 60],
    ["Motor Inn", 15],
    ["Inn", 15],
    ["Motor Lodge", 10],
  ],
  guest_house: [
    ["Inn", 30],
    ["Guest House", 25],
    ["Bed & Breakfast", 25],
    ["House", 20],
  ],
  apartment: [
    ["Apartments", 35],
    ["Villas", 20],
    ["Suites", 25],
    ["Beach Club", 20],
  ],
};

/** A trading name for an independent, without a promise that no other has it. */
export function makeHotelName(random: Random, kind: string, city: string): string {
  const lodging = random.weighted(LODGING_WORDS[kind] ?? [["Hotel", 1]]);
  const core = random.weighted<() => string>([
    [() => `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}`, 36],
    [() => `${random.pick(NOUNS)} ${random.pick(LANDFORMS)}`, 10],
    [() => `${random.pick(SURNAMES)}`, 3],
    [() => `${random.pick(SURNAMES)} ${random.pick(LANDFORMS)}`, 7],
    [() => `${makeWord(random)}`, 20],
    [() => `${random.pick(NOUNS)} and ${random.pick(NOUNS)}`, 5],
    [() => `${city} ${random.pick(NOUNS)}`, 5],
    [() => `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)} ${random.pick(LANDFORMS)}`, 14],
  ])();
  const the = /^[A-Z][a-z]+ [A-Z]/.test(core) && random.chance(0.3) ? "The " : "";
  if (lodging === "Hotel" && random.chance(0.12)) return `Hotel ${core}`;
  if (lodging === "" || core.endsWith(lodging)) return `The ${core}`;
  return `${the}${core} ${lodging}`;
}

const ACCENTS: Readonly<Record<string, string>> = { a: "á", e: "é", o: "ó" };

const LODGING_WORD =
  /^(the|a|hotel|inn|motel|resort|suites|suite|lodge|house|guest|bed|breakfast|apartments|villas|club|beach|boutique|motor|and|&)$/i;

export function isLodgingWord(word: string): boolean {
  return LODGING_WORD.test(word);
}

/** What is left of a name without its lodging words: `Salt Heron`. */
export function coreOf(name: string): string {
  const rare = name.split(" ").filter((word) => !isLodgingWord(word));
  return rare.join(" ");
}

/** A word no dictionary has: `Maravelle`, `Sorolis`. */
export function makeWord(random: Random): string {
  const stem = Array.from({ length: random.int(1, 2) }, () => random.pick(SYLLABLES)).join("");
  const ending = random.pick(ENDINGS);
  // Chosen: one coined word in twelve ends in an accent, so that charsets are put to the test.
  const accented = random.chance(0.08)
    ? ending.replace(/[aeo]$/, (vowel) => ACCENTS[vowel] ?? vowel)
    : ending;
  const word = `${stem}${random.pick(SYLLABLES)}${accented}`;
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export interface Person {
  readonly first: string;
  /** An initial, where it is known. */
  readonly middle?: string;
  readonly last: string;
}

export function makePerson(random: Random): Person {
  return { first: random.pick(FIRST_NAMES), last: random.pick(SURNAMES) };
}

/** A company that owns or manages hotels. */
export function makeCompany(random: Random, australian: boolean): string {
  const suffix = australian
    ? random.pick(["Pty Ltd", "Pty Ltd", "Holdings Pty Ltd", "Trust"])
    : random.weighted([
        ["LLC", 72],
        ["Inc", 14],
        ["Corp", 7],
        ["LP", 7],
      ] as const);
  const trade = random.pick([
    "Hospitality",
    "Lodging",
    "Hotels",
    "Properties",
    "Holdings",
    "Group",
  ]);
  return random.weighted<() => string>([
    [() => `${makeWord(random)} ${trade} ${suffix}`, 40],
    [() => `${random.pick(SURNAMES)} ${trade} ${suffix}`, 25],
    [() => `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)} ${trade} ${suffix}`, 25],
    [() => `${makeWord(random)} ${random.int(2, 88)} ${suffix}`, 10],
  ])();
}

/** What eats in the house. */
export function makeRestaurantName(random: Random, hotel: string): string {
  const word = random.pick([
    "Grill",
    "Kitchen",
    "Tavern",
    "Raw Bar",
    "Bistro",
    "Cantina",
    "Steakhouse",
  ]);
  const core = `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)} ${word}`;
  return random.chance(0.4) ? `${core} at ${hotel}` : core;
}

/** Where in town a chain says it stands; the same words serve two chains side by side. */
export function makeLocality(random: Random): string {
  return random.pick([
    "Airport",
    "Downtown",
    "North",
    "South",
    "East",
    "West",
    "Beachfront",
    "University Area",
    "Convention Center",
    "Medical Center",
    "Waterfront",
    "Stadium",
    "Old Town",
    "Business Park",
    `${random.pick(STREETS)} Avenue`,
    `${random.pick(NOUNS)} ${random.pick(LANDFORMS)}`,
  ]);
}

export function makeStreetName(random: Random): string {
  return random.pick(STREETS);
}
