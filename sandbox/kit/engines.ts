import type { Random } from "./random.ts";

/** Where a hotel takes bookings. */
export interface Booking {
  readonly engine: string;
  readonly propertyId: string;
  readonly url: string;
}

type Maker = (random: Random, slug: string) => readonly [propertyId: string, url: string];

const MIXED = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * URL forms as each vendor prints them, weighted by how many of 1,817 sampled booking URLs were on the
 * vendor's hosts (fingerprints/booking_url_samples.csv). Every id is invented.
 */
const ENGINES: readonly (readonly [string, number, Maker])[] = [
  [
    "ThinkReservations",
    159,
    (_, slug) => [slug, `https://secure.thinkreservations.com/${slug}/reservations`],
  ],
  ["ResNexus", 133, guidAt("https://resnexus.com/resnexus/reservations/book/", upper)],
  ["Cloudbeds", 124, cloudbeds],
  ["SynXis", 69, synxis],
  ["TravelClick", 69, numberAt("https://reservations.travelclick.com/", 10_000, 119_999)],
  ["RMS Cloud", 55, rms],
  ["ASI Web Reservations", 46, asi],
  ["IQWebBook", 41, iq],
  ["SiteMinder", 105, siteminder],
  ["Mews", 36, guidAt("https://app.mews.com/distributor/", lower)],
  ["InnRoad", 20, (_, slug) => [slug, `https://${slug}.client.innroad.com/`]],
  [
    "Windsurfer CRS",
    19,
    numberAt("https://res.windsurfercrs.com/ibe/index.aspx?propertyID=", 12_000, 17_999),
  ],
  ["JEHS / iPMS", 18, (_, slug) => [slug, `https://live.ipms247.com/booking/book-rooms-${slug}`]],
  ["WebRez", 16, numberAt("https://secure.webrez.com/hotel/", 1000, 4999)],
  ["Lodgify", 16, lodgify],
  ["Little Hotelier", 15, (_, slug) => [slug, `https://app.littlehotelier.com/properties/${slug}`]],
  ["ReservationKey", 15, reservationKey],
  ["eviivo", 13, (random, slug) => withDigits(random, slug, "https://via.eviivo.com/")],
  ["Beds24", 7, numberAt("https://www.beds24.com/booking.php?propid=", 10_000, 260_000)],
  [
    "Firefly Reservations",
    7,
    (_, slug) => [slug, `https://app.fireflyreservations.com/reserve/property/${slug}`],
  ],
  ["Newbook", 7, (_, slug) => [slug, `https://bookingsau.newbook.cloud/${slug}/`]],
  ["Guesty", 6, (_, slug) => [slug, `https://${slug}.guestybookings.com/`]],
  ["Hostaway", 7, (_, slug) => [slug, `https://${slug}.holidayfuture.com/`]],
  ["FreeToBook", 6, numberAt("https://portal.freetobook.com/reservations?w_id=", 10_000, 60_000)],
];

const WEIGHTS = ENGINES.map((entry) => [entry, entry[1]] as const);

export function makeBooking(random: Random, slug: string): Booking {
  const [engine, , make] = random.weighted(WEIGHTS);
  const [propertyId, url] = make(random, slug);
  return { engine, propertyId, url };
}

/** What browsers and trackers leave on a booking link: dates, click ids, languages. */
export function withTransientParts(random: Random, url: string): string {
  const extra = random.pick([
    "",
    "",
    `_gl=1*${random.text(7, "abcdefgh0123456789")}*_ga*MTQ0`,
    "checkin=2026-10-15&checkout=2026-10-17",
    "utm_source=google&utm_medium=organic",
  ]);
  if (extra === "") return url;
  if (url.includes("cloudbeds.com")) return `${url}#${extra}`;
  return `${url}${url.includes("?") ? "&" : "?"}${extra}`;
}

/** "Booking URLs" of hotels whose engine nobody found: beacons, pictures, scripts. */
export function makeBeacon(random: Random): string {
  return random.pick([
    "https://csp.secureserver.net/eventbus/web",
    "https://frog.wix.com/bolt-performance",
    `https://static.guesty.com/ssrs/booking-engine-page/${random.int(100, 999)}/style.css`,
    `https://onboard.triptease.io/bootstrap.js?integrationId=${random.text(12, "ABCDEFGH0123456789")}`,
  ]);
}

function cloudbeds(random: Random): readonly [string, string] {
  const code = random.text(6, MIXED);
  const language = random.chance(0.4) ? "en/" : "";
  return [code, `https://hotels.cloudbeds.com/${language}reservation/${code}`];
}

function synxis(random: Random): readonly [string, string] {
  const hotel = random.int(10_000, 99_999);
  const chain = random.int(1000, 33_999);
  const [first, second] = random.chance(0.3) ? ["Hotel", "Chain"] : ["hotel", "chain"];
  return [String(hotel), `https://be.synxis.com/?${first}=${hotel}&${second}=${chain}`];
}

function siteminder(random: Random, slug: string): readonly [string, string] {
  const code = `${slug}direct`;
  const host = random.weighted([
    ["direct-book.com", 38],
    ["book-directonline.com", 29],
    ["app-apac.thebookingbutton.com", 19],
  ]);
  return [code, `https://${host}/properties/${code}`];
}

function rms(random: Random): readonly [string, string] {
  const id = random.chance(0.5)
    ? String(random.int(2000, 19_999))
    : random.text(16, "0123456789ABCDEF");
  return [id, `https://bookings${random.int(3, 12)}.rmscloud.com/Search/Index/${id}/1`];
}

function asi(random: Random): readonly [string, string] {
  const id = random.text(32, "0123456789abcdef");
  return [id, `https://reservation.asiwebres.com/v5/SearchAvailability.aspx?id=${id}`];
}

function iq(random: Random): readonly [string, string] {
  const code = `${random.text(4, "ABCDEFGHJKLMNPRSTUVW")}${random.int(100, 999)}`;
  return [code, `https://us01.iqwebbook.com/${code}/`];
}

function lodgify(random: Random, slug: string): readonly [string, string] {
  return [
    slug,
    `https://checkout.lodgify.com/en/${slug}/${random.int(100_000, 699_999)}/reservation`,
  ];
}

function reservationKey(random: Random): readonly [string, string] {
  const number = random.int(10_000, 79_999);
  return [String(number), `https://v2.reservationkey.com/${number}/reserve`];
}

function withDigits(random: Random, slug: string, prefix: string): readonly [string, string] {
  const code = `${slug}${random.int(10_000, 29_999)}`;
  return [code, `${prefix}${code}`];
}

function numberAt(prefix: string, low: number, high: number): Maker {
  return (random) => {
    const number = String(random.int(low, high));
    return [number, `${prefix}${number}`];
  };
}

function guidAt(prefix: string, letters: (text: string) => string): Maker {
  return (random) => {
    const hex = random.text(32, "0123456789abcdef");
    const guid = letters(
      [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        "-",
      ),
    );
    return [guid, `${prefix}${guid}`];
  };
}

function upper(text: string): string {
  return text.toUpperCase();
}

function lower(text: string): string {
  return text;
}
