/** How a column is named that plays a role, folded, with _ between words; the first role that fits is taken. */
export const SYNONYMS: readonly (readonly [role: string, names: RegExp])[] = [
  [
    "ignore",
    /^(cluster|cluster_?id|entity_?id|truth|true_?id|label|is_?match|match_?id|group_?id|gold|split|row(_?(id|num|number))?|index|unnamed.*|column0+)$/,
  ],
  [
    "email",
    /^(.*_)?(e_?mails?|mail|email_?addr(ess)?|correo(_electronico)?|courriel|e_?post)(_\d)?$/,
  ],
  [
    "website",
    /^(.*_)?(web_?sites?|url|homepage|home_page|web(_?page|_address)?|domain|site_web|internet|webseite|sitio_web|link)(_\d)?$/,
  ],
  [
    "phone",
    /^(.*_)?(phones?|tel|tele?phones?|telefon|telefono|telefoon|phone_?(number|no|num)|tel_?(no|nr|number)|mobile|mobil|cell(ular|_?phone)?|handy|contact_(number|no)|fon|portable|rufnummer)(_?(number|no|nr|\d))?$/,
  ],
  ["latitude", /^(.*_)?(lat|latitude|breitengrad|geo_?lat|y_?coord(inate)?|latitud)$/],
  [
    "longitude",
    /^(.*_)?(lon|lng|long|longitude|laengengrad|langengrad|geo_?lo?ng?|x_?coord(inate)?|longitud)$/,
  ],
  [
    "date_of_birth",
    /^(.*_)?(dob|birth_?(date|day)|date_?of_?birth|born(_on)?|geburts(datum|tag)|geb_?dat(um)?|date_(de_)?naissance|fecha_(de_)?nacimiento|data_(di_)?nascita|bday|birth_?dt)$/,
  ],
  [
    "birth_place",
    /^(birth_?place|place_?of_?birth|birth_?(city|town)|born_in|geburtsort|lieu_(de_)?naissance|lugar_(de_)?nacimiento)$/,
  ],
  ["gender", /^(gender|sex|geschlecht|sexe|sexo|genre_civil)$/],
  [
    "national_id",
    /^(ssn|soc(ial)?_?sec(urity)?(_?(id|no|number|num))?|national_?(id|insurance)(_?(number|no))?|nhs_?(number|no|id)|nino|passport(_?(number|no))?|(driv\w+_)?licen[cs]e_?(number|no|num)?|personal_?(id|number|no)|cpf|dni|nif|pesel|medicare(_?(number|no))?|steuer_id|tfn|aadhaar)$/,
  ],
  [
    "registration_number",
    /^(company_?(number|no|num|id|reg(istration)?(_?(no|number))?)|reg(istration)?_?(number|no|num|nr)|registered_number|crn|abn|acn|siren|siret|hrb|kvk|org_?(nr|no|number)|organi[sz]ation_?number|lei|duns(_?number)?|ein|cin|cnpj|handelsregister(nummer)?|firmenbuch(nummer)?|nzbn|uen)$/,
  ],
  [
    "tax_number",
    /^(vat|tax|ust|mwst|tva|iva|gst|fiscal)(_?(id|number|no|nr|code|reg(istration)?(_?(no|number))?))?$|^(uid|ust_?idnr|steuernummer|partita_iva|p_iva)$/,
  ],
  [
    "external_id",
    /^(google_?place_?id|place_?id|osm_?id|fsq_?id|foursquare_?id|yelp_?id|wikidata(_?id)?|orcid(_?id)?|isbn(_?13)?|ean|upc|gtin|doi|imdb_?id|npi)$/,
  ],
  [
    "full_name",
    /^(full_?name|person(_?name)?|first_?and_?(sur|last)_?name|customer_?name|client_?name|patient_?name|contact(_?name|_?person)?|member_?name|employee_?name|nom_complet|nombre_completo|name_full|ansprechpartner|display_?name|candidate(_name)?|voter(_name)?|owner_?name)$/,
  ],
  [
    "given_name",
    /^(.*_)?(first_?names?|given_?names?|fore_?names?|fname|f_name|vorname|prenom|nombre|nome|voornaam|fornamn|first|given|name_first|firstname)$/,
  ],
  ["middle_name", /^(.*_)?(middle_?(name|initial)s?|mname|second_?name|mi|middle|name_middle)$/],
  [
    "family_name",
    /^(.*_)?(last_?names?|sur_?names?|family_?names?|lname|l_name|nachname|familienname|nom_de_famille|apellidos?|cognome|achternaam|efternamn|last|family|name_last|sur)$/,
  ],
  [
    "trading_name",
    /^(trading_?(name|as)|trade_?name|dba|doing_business_as|aka|other_?names?|alias(es)?|brand_?name|former_?name)$/,
  ],
  [
    "company_name",
    /^(.*_)?(company(_?name)?|firm(a|_?name)?|firmenname|organi[sz]ation(_?name)?|org(_?name)?|business(_?name)?|legal_?name|registered_?name|entity_?name|corp(orate)?_?name|account_?name|supplier(_?name)?|vendor_?name|employer(_?name)?|raison_sociale|denominazione|razon_social|unternehmen|bedrijf(snaam)?)$/,
  ],
  [
    "street_number",
    /^(street_?(number|no|num|nr)|house_?(number|no|num|nr)|haus_?(nummer|nr)|number_street|st_?(no|num)|numero_civico|huisnummer|civic_number|building_number|hnr|addr_housenumber)$/,
  ],
  ["unit", /^(unit(_?(number|no))?|suite|apartment|apt|flat|floor|addr_unit)$/],
  [
    "postcode",
    /^(.*_)?(post_?(al_?)?code|zip(_?code)?(_?5)?|plz|postleitzahl|code_postal|cp|codigo_postal|cap|postal|postnummer|post_?cd|eircode|pin_?code|postcode_fake|postal_cd)$/,
  ],
  ["street_2", /^(.*_)?(address|addr|street|address_?line|street_?line|adresse|strasse)_?(2|two)$/],
  [
    "street",
    /^(.*_)?(street(_?(name|address|addr))?|strasse|str|rue|calle|via|straat|addr_street|road|(address|addr|street|adresse|strasse)_?(line_?)?(1|one)|street_?line_?1?|thoroughfare)$/,
  ],
  [
    "address",
    /^(.*_)?(address|addr|adresse|full_?address|address_?line|direccion|indirizzo|adres|postal_address|anschrift|location_address)$/,
  ],
  [
    "city",
    /^(.*_)?(city|town|suburb|locality|municipality|place_?name|ort|stadt|wohnort|ville|commune|ciudad|localidad|citta|comune|plaats|gemeente|village|city_?name|addr_city|cidade)$/,
  ],
  [
    "state",
    /^(.*_)?(state(_?(code|name|province))?|province|region|county|bundesland|departement|provincia|estado|stato|kanton|st|prov|admin_?1)$/,
  ],
  [
    "country",
    /^(.*_)?(country(_?(code|name|iso|iso2|cd))?|land|pays|pais|paese|nation(ality)?|iso2|iso_country)$/,
  ],
  [
    "occupation",
    /^(occupation|job(_?title)?|profession|beruf|position|employment|role_title|title_job|metier|ocupacion)$/,
  ],
  [
    "industry",
    /^(industry|sector|sic(_?code)?|nace(_?code)?|naics(_?code)?|branche|activity|business_type|sic_text|line_of_business)$/,
  ],
  [
    "founded",
    /^(founded|year_?founded|founding_?year|incorporat(ed|ion)(_?(date|year|on))?|established|inception|date_of_incorporation|gruendung|foundation_year)$/,
  ],
  [
    "kind",
    /^(.*_)?(type|kind|categor(y|ies)|class|amenity|cuisine|kategorie|art|typ|tags?|genre|style|poi_type|venue_?type|place_?type|primary_category|language)$/,
  ],
  ["brand", /^(brand|chain|operator|franchise|marke)$/],
  [
    "people",
    /^(authors?|artists?(_?names?)?|creators?|directors?|writers?|starring|actors?(_?names?)?|cast|performers?|autor(en)?|composer|artist_name)$/,
  ],
  [
    "part_of",
    /^(venue|journal|album(_?name)?|series|booktitle|conference|publication|collection|magazine)$/,
  ],
  [
    "maker",
    /^(manufacturer|maker|brand|publisher|label|brew(ery|_factory_name)?|producer|vendor|hersteller|fabricant|studio)$/,
  ],
  [
    "code",
    /^(model(_?(no|num|number|name))?|modelno|sku|mpn|part_?(no|number)|product_?(code|no)|article_?(no|number)|item_?(no|number))$/,
  ],
  [
    "description",
    /^(description|desc|summary|abstract|details|beschreibung|notes?|comment|body|text|memo|content)$/,
  ],
  [
    "year",
    /^(year|pub_?year|release_?(year|date)|released|jahr|annee|published|publication_year)$/,
  ],
  ["number", /^(number|no|track(_?(no|number))?|pages?|volume|issue|edition|vol)$/],
  ["price", /^(price|cost|amount|preis|prix|precio|list_?price|msrp|abv)$/],
  [
    "title",
    /^(.*_)?(title|song(_?name)?|song_name|beer_name|product_?(name|title)|item_?(name|title)|movie(_?name)?|book_?title|work|track_name)$/,
  ],
  [
    "name",
    /^(.*_)?(name|names|label|naam|nom|bezeichnung|place|venue_name|poi(_name)?|store(_name)?|restaurant(_name)?|hotel(_name)?|facility(_name)?|site_name|denomination|account)$/,
  ],
];

/** "postalCode", "Postal Code", "POSTAL-CODE": postal_code. */
export function foldedName(column: string): string {
  return column
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/ß/g, "ss")
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}

/** The roles a column's name fits, likeliest first. */
export function rolesByName(column: string): string[] {
  const name = foldedName(column);
  return SYNONYMS.flatMap(([role, names]) => (names.test(name) ? [role] : []));
}
