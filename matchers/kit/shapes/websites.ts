/** Sites on which many keep a page: there the page is the identity, not the site. */
const PORTALS =
  "facebook|instagram|linkedin|twitter|x|youtube|tiktok|yelp|tripadvisor|google|goo|wixsite|wordpress|blogspot|weebly|squarespace|business|booking|expedia|airbnb|opentable|foursquare|ubereats|doordash|grubhub|linktr|wikipedia|etsy|ebay|amazon";

/** Domains of mailboxes that anybody has. */
const FREE_MAIL =
  "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|aol|icloud|me|mac|gmx|web|t-online|mail|yandex|protonmail|proton|qq|163|126|orange|wanadoo|free|libero|btinternet|bigpond|comcast|verizon|att|sbcglobal";

/** SQL of the domain somebody registered: example.co.uk of "https://www.shop.example.co.uk/about". */
export function domainSql(url: string): string {
  return `nullif(regexp_extract(${hostSql(url)}, '([^.]+\\.(?:(?:com?|org|net|gov|edu|ac|ne|or)\\.[a-z]{2}|[^.]+))$', 1), '')`;
}

/** SQL of domains of its own: those of websites and e-mails that no portal gives out. */
export function ownDomainsSql(urls: readonly string[], emails: readonly string[]): string {
  const domains = [
    ...urls.map((url) => ownSql(domainSql(url), PORTALS)),
    ...emails.map((email) => ownSql(domainSql(`split_part(${email}, '@', 2)`), FREE_MAIL)),
  ];
  return `list_distinct(list_filter([${domains.join(", ")}], lambda d: d is not null))`;
}

/** SQL of pages on portals. */
export function portalPagesSql(urls: readonly string[]): string {
  const pages = urls.map((url) => {
    const page = `regexp_replace(regexp_replace(lower(${url}), '^(https?:)?(//)?(www\\.|m\\.)?|[?#].*$', '', 'g'), '/+$', '')`;
    return `case when ${ownSql(domainSql(url), PORTALS)} is null and contains(${page}, '/') then ${page} end`;
  });
  return `list_filter([${pages.join(", ")}]::varchar[], lambda p: p is not null)`;
}

function ownSql(domain: string, foreign: string): string {
  return `case when not regexp_matches(${domain}, '^(${foreign})\\.') then ${domain} end`;
}

function hostSql(url: string): string {
  return `regexp_extract(lower(trim(${url})), '^(?:[a-z]+:)?(?://)?(?:[^/@]*@)?(?:www[0-9]?\\.)?([^/:?#\\s]+\\.[a-z]{2,})', 1)`;
}
