import { foldedSql } from "../text.ts";

const TITLES =
  "mr|mrs|ms|miss|mx|dr|drs|prof|professor|sir|dame|lord|lady|rev|reverend|herr|frau|mme|mlle|monsieur|madame|sr|sra|srta|señor|señora|dott|ing|dipl|mag|hon|capt|captain|col|lt|sgt|maj|gen|fr|sister";
const GENERATIONS = "jr|sr|ii|iii|iv|junior|senior";
const DEGREES = `${GENERATIONS}|phd|md|mba|esq|dds|dvm|cpa|rn|obe|mbe|cbe|bsc|msc|llb|qc|kc`;
/** What stands before a family name and belongs to it. */
const PARTICLES =
  "van|von|de|der|den|del|della|di|da|do|dos|das|du|la|le|al|el|bin|bint|ibn|ben|st|ter|ten|zu|zur|af|mac|mc|o";

/**
 * Layers that part a full name into `part_given`, `part_middle`, `part_family` and `part_generation`:
 * "Smith, John A.", "Dr John A. Smith Jr", "DUPONT Jean", "Ludwig van Beethoven".
 */
export function fullNameLayers(fullName: string): readonly Readonly<Record<string, string>>[] {
  const parenthesis = `regexp_replace(${fullName}, '\\([^)]*\\)|"[^"]*"', ' ', 'g')`;
  return [
    {
      part_whole: `trim(regexp_replace(${parenthesis}, '\\s+', ' ', 'g'))`,
    },
    {
      part_generation: `nullif(lower(regexp_extract(part_whole, '(?i)[ ,](${GENERATIONS})\\.?(,|$| *,)', 1)), '')`,
      part_bare: `trim(regexp_replace(
    regexp_replace(part_whole, '(?i)([ ,]+(${DEGREES})\\b\\.?)+ *(,|$)', '\\3', 'g'),
    '(?i)(^|, *)((${TITLES})(\\. *| +))+', '\\1', 'g'))`,
    },
    {
      // A family name in capitals before a given name that is not: DUPONT Jean.
      part_capitals: `regexp_extract(part_bare, '^([\\p{Lu}''’-]{2,}(?: [\\p{Lu}''’-]{2,})*) [\\p{Lu}]?[\\p{Ll}.]', 1)`,
      part_comma: "strpos(part_bare, ',')",
    },
    {
      part_family_raw: `case
    when part_comma > 0 then left(part_bare, part_comma - 1)
    when part_capitals <> '' then part_capitals
    when not contains(part_bare, ' ') then part_bare
    else regexp_extract(part_bare, '(?i) ((?:(?:${PARTICLES})[ ’''])*[^ ]+)$', 1)
  end`,
    },
    {
      part_family: nameTextSql("part_family_raw"),
      part_rest: `trim(case
    when part_comma > 0 then substr(part_bare, part_comma + 1)
    when part_capitals <> '' then substr(part_bare, length(part_capitals) + 1)
    else left(part_bare, length(part_bare) - length(part_family_raw))
  end)`,
    },
    {
      part_given: nameTextSql("regexp_extract(part_rest, '^[^ ,.]+')"),
      part_middle: foldedSql("regexp_replace(part_rest, '^[^ ,.]+[ ,.]*', '')"),
    },
  ];
}

/** SQL of a name as it is compared: O'Brien is obrien. */
export function nameTextSql(name: string): string {
  return foldedSql(`regexp_replace(${name}, '[''’´]', '', 'g')`);
}

/** Short forms of given names, each line one name: the first stands for all. */
const SHORT_FORMS = `
william bill billy will willy willie liam wilhelm
robert bob bobby rob robbie bert
richard dick rick ricky rich richie
james jim jimmy jamie
john jack johnny jon johnathan
joseph joe joey jose josef
edward ed eddie ted teddy ned eduard
thomas tom tommy
charles charlie chuck chas carlos
michael mike mick mickey mikey miguel michel
david dave davey
daniel dan danny
matthew matt matty
andrew andy drew andreas
anthony tony antonio
christopher chris kit topher
nicholas nick nicky nicolas niklas
benjamin ben benny
samuel sam sammy
alexander alex alec sandy alexandre aleksandr
gregory greg
stephen steve steven stevie stefan
jeffrey jeff geoffrey geoff
kenneth ken kenny
ronald ron ronnie
donald don donny
lawrence larry laurence
leonard leo len lenny
timothy tim
patrick pat paddy
peter pete pedro pierre
philip phil phillip
raymond ray
frederick fred freddie freddy friedrich
francis frank francisco franz
henry harry hank heinrich henri
george georg jorge
arthur art
walter walt wally
gerald gerry jerry
vincent vince
martin marty
elizabeth liz lizzie beth betty betsy eliza lisa elisabeth bess
margaret maggie meg peggy marge margie margarita greta
katherine kate katie kathy cathy catherine kathryn kit kay katharina
mary maria marie molly polly
susan sue susie suzanne susanna
patricia patty tricia trish
barbara barb babs
jennifer jen jenny
jessica jess jessie
deborah debbie deb debra
rebecca becky becca
dorothy dot dottie dolly
victoria vicky vicki tori
alexandra sasha lexi
christine christina chrissy tina kirsten
samantha sammie
pamela pam
sandra sandie
theresa teresa terry tess
virginia ginny
frances fran
eleanor ellie nell nora leonora
helen nellie helena
ann anna anne annie nancy hannah
jane janet jean joan
judith judy
cynthia cindy
abigail abby gail
amanda mandy
isabel isabella bella
florence flo
jacqueline jackie
kimberly kim
stephanie steph
valerie val
nathaniel nathan nat nate
zachary zach zack
joshua josh
jonathan jonny
maximilian max
theodore theo
albert al bertie
alfred alf
eugene gene
harold hal
mohammed muhammad mohamed mohammad md muhammed
`;

/** SQL of the one name that stands for a folded given name and its short forms. */
export function longFormSql(given: string): string {
  return `coalesce(${shortFormsSql()}[split_part(${given}, ' ', 1)], split_part(${given}, ' ', 1))`;
}

function shortFormsSql(): string {
  const pairs = new Map<string, string>();
  for (const line of SHORT_FORMS.trim().split("\n")) {
    const [long = "", ...shorts] = line.split(" ");
    pairs.set(long, long);
    for (const short of shorts) if (!pairs.has(short)) pairs.set(short, long);
  }
  const entries = [...pairs].map(([short, long]) => `'${short}': '${long}'`);
  return `map {${entries.join(", ")}}`;
}
