/** Legal forms of many countries as they stand in folded names: "s a r l" is S.A.R.L., "gmbh co kg" GmbH & Co. KG. */
export const LEGAL_FORMS: readonly string[] = `
limited liability company|limited liability partnership|limited partnership|limited company|public limited company
incorporated|corporation|company|limited|unlimited|inc|corp|co|ltd|llc|l l c|llp|l l p|lllp|lp|l p|plc|p l c|pllc|pc|p c|pa|ltda|cic|cio
pty ltd|pty limited|proprietary limited|proprietary|pty|pte ltd|pte limited|private limited|pvt ltd|pvt limited|pte|pvt|sdn bhd|bhd|berhad|nl|opc|npc
gmbh co kgaa|gmbh co kg|gmbh und co kg|gmbh co ohg|gmbh|mbh|gesellschaft mit beschrankter haftung|ag co kg|ag|aktiengesellschaft|kg|kommanditgesellschaft|ohg|ug haftungsbeschrankt|ug|gbr|ev|e v|eg|e g|ek|e k|e kfm|e kfr|kgaa|se|eu|e u|og|ges m b h|ges mbh|gesmbh|g m b h
sarl|s a r l|sas|s a s|sasu|eurl|e u r l|sa|s a|sci|snc|s n c|scop|scs|sca|selarl|societe anonyme|societe a responsabilite limitee
srl|s r l|srls|spa|s p a|sapa|sas di|ss|scarl|s c a r l|soc coop|societa a responsabilita limitata|societa per azioni
sl|s l|slu|s l u|sociedad limitada|sociedad anonima|sa de cv|s a de c v|sab de cv|s de rl de cv|s de r l de c v|s de rl|cv|c v|sac|s a c|eirl|e i r l|spa|lda|l da|unipessoal lda|ltda|eireli|me|epp|s a s|sociedade anonima
bv|b v|bvba|b v b a|nv|n v|vof|v o f|cvba|besloten vennootschap|naamloze vennootschap|stichting|vzw|asbl
ab|a b|aktiebolag|hb|kb|as|a s|asa|aps|a p s|ans|i s|p s|oy|o y|oyj|ky|ry|ehf|hf|ou|o u|sia|uab|ab publ|publ|aktieselskab|anpartsselskab|osakeyhtio
sp z o o|sp z oo|spolka z ograniczona odpowiedzialnoscia|sp zoo|spzoo|sp j|sp k|s j|spolka akcyjna|s r o|sro|spol s r o|a s|v o s|kft|bt|rt|zrt|nyrt|d o o|doo|d d|dd|j d o o|ad|ead|ood|eood|srl d
kk|k k|kabushiki kaisha|kabushiki gaisha|gk|g k|godo kaisha|yugen kaisha|co ltd|company limited|co limited|ltd co|jsc|ojsc|cjsc|pjsc|pao|oao|zao|ooo|ao|ooo|ип|ооо|оао|зао|пао|ао|тоо|тов
pt|tbk|persero|cv|as|a s|anonim sirketi|limited sirketi|ltd sti|sti|san tic|ae|a e|epe|e p e|ike|wll|w l l|fzc|fze|fz llc|fzco|dmcc|psc|p s c|kscc|saog|saoc|est
株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|유한회사
`
  .trim()
  .split(/[|\n]/)
  .filter((form, index, all) => all.indexOf(form) === index)
  // The longest first: "gmbh co kg" before "gmbh".
  .sort((left, right) => right.length - left.length || (left < right ? -1 : 1));

/** Forms that also stand in front of the name. */
export const LEADING_FORMS =
  "kabushiki kaisha|kabushiki gaisha|pt|ud|firma|sarl|sas|sa|ste|societe|ооо|оао|зао|пао|ао|ип|тоо|тов|ooo|oao|zao|pao|株式会社|有限会社|合同会社|주식회사";

/** Forms written without a space beside the name. */
export const EAST_ASIAN_FORMS =
  "株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|유한회사";
