/**
 * How the models name a house that a site's markup speaks of: its host without `www.`, and its name as
 * a slug. The Salt & Heron Inn of www.saltheron.com is `saltheron.com/the-salt-and-heron-inn`.
 */
export function recordKey(host: string, name: string): string {
  const slug = name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[''’‘ʻʼ`´.]/g, "")
    .replace(/[&+]/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return `${host.replace(/^www\./, "")}/${slug}`;
}
