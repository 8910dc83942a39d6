/** A town hotels stand in. Coordinates are approximate centres. */
export interface City {
  readonly name: string;
  readonly state: "FL" | "TX" | "NSW";
  /** County; the licence register writes `Dade` for Miami-Dade. */
  readonly county: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly zips: readonly string[];
  /** US area code; in New South Wales the area digit and exchange after `0`. */
  readonly areaCode: string;
  /** How many hotels it has beside the others of its state. */
  readonly weight: number;
}

export const CITIES: readonly City[] = parse(`
FL|Dade|305|Miami Beach|25.790,-80.135|33139 33140 33141|6
FL|Dade|305|Miami|25.774,-80.194|33130 33132 33137 33126|6
FL|Dade|305|Coral Gables|25.721,-80.268|33134 33146|1
FL|Dade|305|Sunny Isles Beach|25.951,-80.123|33160|1
FL|Dade|305|Homestead|25.469,-80.478|33030 33033|1
FL|Monroe|305|Key West|24.556,-81.780|33040|4
FL|Monroe|305|Key Largo|25.087,-80.447|33037|2
FL|Monroe|305|Islamorada|24.924,-80.628|33036|2
FL|Monroe|305|Marathon|24.714,-81.090|33050|2
FL|Monroe|305|Key Colony Beach|24.721,-81.019|33051|1
FL|Broward|954|Fort Lauderdale|26.122,-80.137|33301 33304 33316|5
FL|Broward|954|Hollywood|26.011,-80.149|33019 33020|3
FL|Broward|954|Pompano Beach|26.238,-80.125|33060 33062|2
FL|Broward|954|Lauderdale-by-the-Sea|26.192,-80.096|33308|1
FL|Broward|954|Deerfield Beach|26.318,-80.100|33441|1
FL|Palm Beach|561|Palm Beach|26.706,-80.036|33480|1
FL|Palm Beach|561|West Palm Beach|26.715,-80.054|33401 33405|2
FL|Palm Beach|561|Delray Beach|26.461,-80.073|33444 33483|2
FL|Palm Beach|561|Boca Raton|26.359,-80.083|33431 33432|1
FL|Martin|772|Stuart|27.197,-80.253|34994|1
FL|St. Lucie|772|Fort Pierce|27.447,-80.326|34949 34950|1
FL|Indian River|772|Vero Beach|27.638,-80.397|32960 32963|1
FL|Hillsborough|813|Tampa|27.951,-82.457|33602 33607 33609|4
FL|Pinellas|727|Saint Petersburg|27.773,-82.640|33701 33704|2
FL|Pinellas|727|St. Pete Beach|27.725,-82.741|33706|2
FL|Pinellas|727|Clearwater Beach|27.978,-82.827|33767|2
FL|Pinellas|727|Clearwater|27.966,-82.800|33755 33764|1
FL|Pinellas|727|Madeira Beach|27.798,-82.797|33708|1
FL|Pinellas|727|North Redington Beach|27.818,-82.822|33708|1
FL|Pinellas|727|Tarpon Springs|28.146,-82.757|34689|1
FL|Polk|863|Lakeland|28.039,-81.950|33801|1
FL|Orange|407|Orlando|28.538,-81.379|32801 32819 32839|6
FL|Osceola|407|Kissimmee|28.292,-81.408|34741 34746|4
FL|Brevard|321|Cocoa Beach|28.320,-80.608|32931|2
FL|Brevard|321|Melbourne Beach|28.068,-80.560|32951|1
FL|Volusia|386|Daytona Beach|29.211,-81.023|32114 32118|3
FL|Volusia|386|Daytona Beach Shores|29.176,-80.983|32127|1
FL|Volusia|386|New Smyrna Beach|29.026,-80.927|32169|1
FL|Volusia|386|Ormond Beach|29.286,-81.056|32176|1
FL|Flagler|386|Flagler Beach|29.475,-81.127|32136|1
FL|St. Johns|904|Saint Augustine|29.901,-81.312|32084|3
FL|St. Johns|904|Saint Augustine Beach|29.850,-81.265|32080|1
FL|Duval|904|Jacksonville|30.332,-81.656|32202 32207|2
FL|Duval|904|Jacksonville Beach|30.295,-81.393|32250|1
FL|Nassau|904|Fernandina Beach|30.670,-81.463|32034|1
FL|Alachua|352|Gainesville|29.652,-82.325|32601 32607|1
FL|Marion|352|Ocala|29.187,-82.140|34470|1
FL|Leon|850|Tallahassee|30.438,-84.281|32301|1
FL|Bay|850|Panama City Beach|30.176,-85.805|32407 32413|3
FL|Okaloosa|850|Destin|30.394,-86.496|32541|2
FL|Escambia|850|Pensacola Beach|30.333,-87.143|32561|1
FL|Escambia|850|Pensacola|30.421,-87.217|32501|1
FL|Franklin|850|Apalachicola|29.726,-84.983|32320|1
FL|Lee|239|Fort Myers|26.640,-81.872|33901|1
FL|Lee|239|Fort Myers Beach|26.452,-81.948|33931|2
FL|Lee|239|Sanibel|26.441,-82.022|33957|2
FL|Collier|239|Naples|26.142,-81.795|34102 34103|2
FL|Collier|239|Marco Island|25.941,-81.719|34145|1
FL|Sarasota|941|Sarasota|27.336,-82.531|34236|1
FL|Sarasota|941|Siesta Key|27.268,-82.546|34242|1
FL|Manatee|941|Holmes Beach|27.498,-82.711|34217|1
FL|Charlotte|941|Punta Gorda|26.930,-82.045|33950|1
TX|Travis|512|Austin|30.267,-97.743|78701 78704 78758|5
TX|Dallas|214|Dallas|32.777,-96.797|75201 75207 75247|4
TX|Harris|713|Houston|29.760,-95.370|77002 77054 77027|5
TX|Bexar|210|San Antonio|29.424,-98.494|78205 78216 78229|5
TX|Tarrant|817|Fort Worth|32.755,-97.331|76102 76137|2
TX|Tarrant|817|Arlington|32.736,-97.108|76011|1
TX|Galveston|409|Galveston|29.301,-94.798|77550 77551|3
TX|Nueces|361|Corpus Christi|27.801,-97.396|78401 78418|2
TX|Nueces|361|Port Aransas|27.834,-97.061|78373|2
TX|Aransas|361|Rockport|28.020,-97.054|78382|1
TX|Cameron|956|South Padre Island|26.104,-97.165|78597|2
TX|Cameron|956|Brownsville|25.902,-97.498|78520|1
TX|Hidalgo|956|McAllen|26.203,-98.230|78501|1
TX|Webb|956|Laredo|27.506,-99.507|78041|1
TX|El Paso|915|El Paso|31.762,-106.485|79901 79925|2
TX|Lubbock|806|Lubbock|33.578,-101.855|79401 79407|1
TX|Potter|806|Amarillo|35.192,-101.831|79101 79106|1
TX|McLennan|254|Waco|31.549,-97.147|76701|1
TX|Gillespie|830|Fredericksburg|30.275,-98.872|78624|3
TX|Comal|830|New Braunfels|29.703,-98.125|78130|2
TX|Kerr|830|Kerrville|30.047,-99.140|78028|1
TX|Bandera|830|Bandera|29.727,-99.074|78003|1
TX|Hays|512|San Marcos|29.883,-97.941|78666|1
TX|Hays|512|Wimberley|29.997,-98.099|78676|1
TX|Presidio|432|Marfa|30.309,-104.021|79843|1
TX|Brewster|432|Alpine|30.358,-103.661|79830|1
TX|Midland|432|Midland|31.997,-102.078|79701|1
TX|Taylor|325|Abilene|32.449,-99.733|79601|1
TX|Smith|903|Tyler|32.351,-95.301|75701|1
TX|Jefferson|409|Beaumont|30.080,-94.127|77701|1
TX|Brazos|979|College Station|30.628,-96.334|77840|1
NSW|Sydney|2 55|Sydney|-33.869,151.209|2000 2010 2011|6
NSW|Northern Beaches|2 55|Manly|-33.797,151.287|2095|1
NSW|Waverley|2 55|Bondi Beach|-33.891,151.274|2026|1
NSW|Parramatta|2 55|Parramatta|-33.815,151.003|2150|1
NSW|Newcastle|2 55|Newcastle|-32.928,151.782|2300|2
NSW|Wollongong|2 55|Wollongong|-34.425,150.893|2500|1
NSW|Blue Mountains|2 55|Katoomba|-33.712,150.312|2780|2
NSW|Blue Mountains|2 55|Leura|-33.713,150.331|2780|1
NSW|Byron|2 55|Byron Bay|-28.643,153.612|2481|3
NSW|Ballina|2 55|Ballina|-28.870,153.559|2478|1
NSW|Coffs Harbour|2 55|Coffs Harbour|-30.296,153.114|2450|2
NSW|Hastings|2 55|Port Macquarie|-31.431,152.909|2444|2
NSW|Port Stephens|2 55|Nelson Bay|-32.722,152.144|2315|1
NSW|Central Coast|2 55|Terrigal|-33.448,151.445|2260|1
NSW|Kiama|2 55|Kiama|-34.671,150.854|2533|1
NSW|Eurobodalla|2 55|Batemans Bay|-35.708,150.175|2536|1
NSW|Bega Valley|2 55|Merimbula|-36.891,149.911|2548|1
NSW|Dubbo|2 55|Dubbo|-32.243,148.604|2830|1
NSW|Orange|2 55|Orange|-33.284,149.100|2800|1
NSW|Mudgee|2 55|Mudgee|-32.593,149.588|2850|1
NSW|Tamworth|2 55|Tamworth|-31.091,150.932|2340|1
NSW|Wagga Wagga|2 55|Wagga Wagga|-35.115,147.368|2650|1
NSW|Albury|2 55|Albury|-36.081,146.916|2640|1
NSW|Broken Hill|2 55|Broken Hill|-31.957,141.466|2880|1
NSW|Snowy Monaro|2 55|Jindabyne|-36.416,148.622|2627|1
NSW|Cessnock|2 55|Pokolbin|-32.783,151.283|2320|2
NSW|Wingecarribee|2 55|Bowral|-34.477,150.418|2576|1
`);

/** Districts of the Florida register, by county; a district is one file. */
export const DISTRICTS: Readonly<Record<string, number>> = {
  Dade: 1,
  Monroe: 1,
  Broward: 2,
  Martin: 2,
  "Palm Beach": 2,
  "Indian River": 2,
  "St. Lucie": 2,
  Hillsborough: 3,
  Pinellas: 3,
  Polk: 3,
  Brevard: 4,
  Orange: 4,
  Osceola: 4,
  Volusia: 4,
  Alachua: 5,
  Duval: 5,
  Flagler: 5,
  Marion: 5,
  Nassau: 5,
  "St. Johns": 5,
  Bay: 6,
  Escambia: 6,
  Franklin: 6,
  Leon: 6,
  Okaloosa: 6,
  Charlotte: 7,
  Collier: 7,
  Lee: 7,
  Manatee: 7,
  Sarasota: 7,
};

/** The register's own county codes: alphabetical from 11; a licence number carries its county's after the prefix. */
export const COUNTY_CODES: Readonly<Record<string, string>> = {
  Alachua: "11",
  Bay: "13",
  Brevard: "15",
  Broward: "16",
  Charlotte: "18",
  Collier: "21",
  Dade: "23",
  Duval: "26",
  Escambia: "27",
  Flagler: "28",
  Franklin: "29",
  Hillsborough: "39",
  "Indian River": "41",
  Lee: "46",
  Leon: "47",
  Manatee: "51",
  Marion: "52",
  Martin: "53",
  Monroe: "54",
  Nassau: "55",
  Okaloosa: "56",
  Orange: "58",
  Osceola: "59",
  "Palm Beach": "60",
  Pinellas: "62",
  Polk: "63",
  Sarasota: "68",
  "St. Johns": "65",
  "St. Lucie": "66",
  Volusia: "74",
};

function parse(table: string): City[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [state, county, areaCode, name, point, zips, weight] = line.split("|") as string[];
      const [latitude, longitude] = (point ?? "").split(",").map(Number) as [number, number];
      return {
        name: name ?? "",
        state: state as City["state"],
        county: county ?? "",
        latitude,
        longitude,
        zips: (zips ?? "").split(" "),
        areaCode: areaCode ?? "",
        weight: Number(weight),
      };
    });
}
