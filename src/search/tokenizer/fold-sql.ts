/** Statements that fold the variable x beyond ASCII: only characters that occur are looked up. */
import { type DiacriticsLevel, foldsOf } from "../unicode/folding.ts";
import { runsOf } from "../unicode/runs.ts";
import { bracket, literal } from "./character-class.ts";

/** Needs the variables `x`, `before` and `after`, all text. Characters that fold to nothing are not among them. */
export function foldSql(level: DiacriticsLevel, alreadyRead = false): string {
  return mapSql([...foldsOf(level)].filter(([from, to]) => to !== 0 && !(alreadyRead && to === 0xfffd && from > to)));
}

/** Only what SQLite itself cannot read, and takes for U+FFFD. */
export const readSql = mapSql([
  [0xfffe, 0xfffd],
  [0xffff, 0xfffd],
]);

function mapSql(entries: readonly (readonly [number, number])[]): string {
  const runs = runsOf(entries.map(([from]) => from));
  const map = Object.fromEntries(entries.map(([from, to]) => [String.fromCodePoint(from), String.fromCodePoint(to)]));
  return `  IF x ~ E'${bracket(runs)}' THEN
    SELECT string_agg(s.c, ''), string_agg(s.map ->> s.c, '') INTO before, after
    FROM (
      SELECT DISTINCT u.c, ${literal(JSON.stringify(map))}::jsonb AS map
      FROM string_to_table(regexp_replace(x, E'${bracket(runs, true)}+', '', 'g'), NULL) u (c)
    ) s;
    x := translate(x, before, after);
  END IF;`;
}
