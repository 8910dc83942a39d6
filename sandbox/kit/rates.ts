/**
 * How often and in which form the real sources err. Every figure was counted in the files named beside
 * it (folder `data` beside the design: `fl_dbpr`, `osm`, `us_places`, `sadie`, `fingerprints`); nothing
 * but counts was taken from them. "Chosen" marks what no file could tell.
 */
export const RATES = {
  /** Chosen: three markets, one with a lodging register. */
  states: [
    ["FL", 0.6],
    ["TX", 0.25],
    ["NSW", 0.15],
  ],
  /** osm: 26 of 145 elements carry a brand; of branded hotels some are mapped without the tag. */
  chainShare: 0.22,

  /** Chosen: share of a state's hotels a source knows. */
  coverage: { register: 0.8, map: 0.65, directory: 0.45, crm: 0.35, people: 0.1, urls: 0.05 },

  /**
   * Which line a source prints: the hotel's main line, or another. Set so that two sources agree as often
   * as the files do: register and map or directory 13 of 69 (silver_pairs_south_florida.csv), map and directory
   * 2 of 10 at one address, Florida leads and Miami CRM 110 of 144 common domains.
   */
  mainPhone: { register: 0.22, map: 0.72, directory: 0.42, crm: 0.85, people: 0.85 },

  register: {
    /** silver_pairs: names_agree in 49 of 69. */
    nameAgrees: 49 / 69,
    /** silver_pairs: of the 49, tokens equal 18, tokens added 17, lost 3, replaced 11. */
    agreeingForms: [
      ["same", 18],
      ["added", 17],
      ["lost", 3],
      ["replaced", 11],
    ],
    /** silver_pairs: of the 20 that disagree, about 9 share their rare word, 7 name a company, 4 another trade name. */
    disagreeingForms: [
      ["long", 9],
      ["company", 7],
      ["former", 4],
    ],
    /** dbpr_subset_provenance.csv: 134 of 153. */
    phoneFilled: 134 / 153,
    /** Same file, the shapes of those 134. */
    phoneForms: [
      ["999.999.9999", 52],
      ["999-999-9999", 35],
      ["9999999999", 33],
      ["(999)999-9999", 9],
      ["(999) 999-9999", 3],
      ["999 999 9999", 1],
      ["(999)9999-999", 1],
    ],
    /** Same file: AVENUE, DRIVE, STREET, ROAD written out in 15 of about 135. */
    suffixWritten: 0.11,
    /** Same file: `1000-1030 COLLINS AVE`, 9 of 153. */
    numberRange: 9 / 153,
    /** fl_leads.redacted.csv, register-style rows with a city: `BCH` in 39 of 1,272, `FT`, `ST`, `PT`, `N` in 56. */
    cityAbbreviated: 0.075,
    /** Column width of the register, seen as `LAUDERDALE-BY-THE-SE` (fl_leads, 34 rows of 20 characters). */
    cityWidth: 20,
    /** dbpr_subset_provenance.csv: status pairs of 153. */
    statuses: [
      ["20/20", 148],
      ["20/18", 3],
      ["46/45", 1],
      ["45/20", 1],
    ],
    /** Same file: business name equals the licensee in 10, holds LLC or INC in 11 of 153. */
    licenseeAsName: 10 / 153,
    /** Header sample of the register: one of ten rows without a business name. Chosen lower. */
    nameBlank: 0.01,
    /** Header sample: zip with 5 digits, 9 digits, 9 with a dash. Subset: 153 of 153 with 5. Chosen between. */
    zipForms: [
      ["99999", 80],
      ["999999999", 10],
      ["99999-9999", 10],
    ],
    /** dbpr_subset_provenance.csv: 2 of 153. */
    inspectionMissing: 2 / 153,
    /** Counties show 1,472 CNDO and 2,139 DWEL beside 193 hotels; chosen far lower to keep the file short. */
    rentalsPerHotel: 0.4,
  },

  /** Chosen: no file of the tax register was counted, but for blank phones of locations in its sample (8 of 9). */
  tax: {
    coverage: 0.8,
    phoneFilled: 0.25,
    late: 0.04,
    quoteInName: 0.01,
    rentalsPerHotel: 0.25,
  },

  /** Chosen: registers of cities, counties and states that a mapping alone describes. */
  cityRegisters: { coverage: 0.7, phoneFilled: 0.8, mainPhone: 0.7, metres: 25 },

  /** Chosen. */
  forms: { asClerksWrite: 0.12 },

  map: {
    /** osm: filled tags of 145 elements. */
    name: 139 / 145,
    street: 120 / 145,
    houseNumber: 118 / 120,
    city: 117 / 120,
    postcode: 112 / 120,
    state: 107 / 120,
    website: 69 / 145,
    phone: 64 / 145,
    operator: 7 / 145,
    /** osm: brand on 26 of about 32 branded names. */
    brandTag: 0.81,
    /** osm: shapes of the 64 phones. */
    phoneForms: [
      ["+1 999-999-9999", 26],
      ["+1-999-999-9999", 21],
      ["+19999999999", 15],
      ["+1 999 999 9999", 2],
    ],
    /** osm: 10 of 69 websites are plain http, 1 with utm, 22 with a path. */
    plainHttp: 10 / 69,
    utm: 1 / 69,
    /** osm: 4 of 64 phones are toll-free. */
    tollFree: 4 / 64,
    /** osm holds 115 ways and 30 relations (nodes were left out of that file); share of nodes chosen. */
    types: [
      ["way", 55],
      ["node", 32],
      ["relation", 13],
    ],
    /** Map against directory at one address: tokens equal in 6 of 14. */
    nameSame: 0.62,
    /** Chosen: a hotel drawn both as a point and as a building. */
    twice: 0.03,
  },

  directory: {
    /** tripadvisor_miami_hotels.redacted.csv, 65 rows. */
    phone: 64 / 65,
    tollFree: 17 / 64,
    email: 54 / 65,
    website: 64 / 65,
    plainHttp: 36 / 65,
    utm: 6 / 65,
    zipPlusFour: 55 / 65,
    /** Ave, Dr, St beside Avenue, Drive, Street: 47 of 64. */
    suffixShort: 47 / 64,
    phoneForms: [
      ["19999999999", 36],
      ["+1 999-999-9999", 26],
      ["9999999999", 2],
    ],
    /** Licence units against directory rooms at 27 common addresses: equal 13, within a tenth 8, far off 6. */
    roomsExact: 13 / 27,
    roomsNear: 8 / 27,
    ratings: [
      ["4.5", 40],
      ["4.0", 15],
      ["3.5", 8],
      ["5.0", 1],
      ["3.0", 1],
    ],
    /** Map and directory at one address stand 3 to 87 m apart, median 15 m. */
    metres: 15,
  },

  crm: {
    /** hubspot_*_leads.redacted.csv, 1,839 rows. */
    phone: 1785 / 1839,
    email: 1195 / 1839,
    rooms: 166 / 1839,
    tollFree: 103 / 1785,
    plainHttp: 834 / 1839,
    utm: 224 / 1839,
    /** Latitude filled in all but the Miami file, longitude in no row of any file. */
    latitude: 1631 / 1633,
    /** Booking URL on the hotel's own domain. */
    ownSiteBooking: 361 / 1839,
    /** PMS `unknown_booking_api`: beacons, images, scripts. */
    unknownApi: 299 / 1839,
    /** E-mail of another domain than the website. */
    otherMailDomain: 469 / 1195,
    phoneForms: [
      ["+1 999-999-9999", 779],
      ["(999) 999-9999", 358],
      ["9999999999", 160],
      ["+19999999999", 77],
      ["19999999999", 12],
    ],
    /** hubspot_sydney: of its Australian phones. */
    australianPhoneForms: [
      ["+61 9 9999 9999", 260],
      ["+61999999999", 40],
      ["(09) 9999 9999", 30],
      ["0999999999", 10],
    ],
  },

  /** 1,815 distinct addresses of the lead files: 1,068 role mailboxes, 308 free mail, 439 others (INDEX.md). */
  mailboxes: [
    ["role", 1068],
    ["free", 308],
    ["person", 439],
  ],
  /** hubspot files: local parts counted. */
  roles: [
    ["info", 361],
    ["reservations", 102],
    ["stay", 60],
    ["hello", 37],
    ["innkeeper", 32],
    ["bookings", 19],
    ["enquiries", 11],
    ["manager", 10],
  ],

  /** Chosen: share of the hotels on a listed engine that the lists have. */
  engineLists: 0.5,

  /** Chosen, but for `gst`: GST `NON` in 43 % of one file of the register. */
  legal: {
    officeAtHotel: 0.7,
    businessName: 0.75,
    tradingName: 0.15,
    renamed: 0.12,
    newcomer: 0.08,
    predecessor: 0.12,
    namesake: 0.08,
    /** Entities that own no hotel, beside each that does. */
    others: 1.5,
    gst: [
      ["ACT", 50],
      ["NON", 43],
      ["CAN", 7],
    ],
  },

  /** Chosen: share of properties that take part in a trap; each trap exists at least once. */
  traps: {
    chainNextDoor: 0.015,
    chainNeighbours: 0.01,
    twinTowers: 0.004,
    annex: 0.004,
    sharedAddress: 0.005,
    switchboard: 0.01,
    portfolio: 0.012,
    restaurant: 0.015,
    rebrand: 0.025,
    move: 0.012,
    closure: 0.02,
    engineWebsite: 0.012,
    condoHotel: 0.015,
    misspelling: 0.04,
    wrongCoordinates: 0.012,
    brandNumber: 0.02,
  },
} as const;
