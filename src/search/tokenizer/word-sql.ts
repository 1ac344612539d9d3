/** `_normal` of unicode61 and ascii: the tokens with one separator between them. */
import { marks } from "../unicode/marks.ts";
import { pointsOf, type Run, runsOf } from "../unicode/runs.ts";
import { bracket, literal } from "./character-class.ts";
import { foldSql, readSql } from "./fold-sql.ts";
import { functionSql } from "./function-sql.ts";
import type { Unicode61Tokenizer, WordTokenizer } from "./tokenizer.ts";
import { allListed, pointsIn } from "./unicode61.ts";

/** Bracket expressions: `gap` what cannot begin a token, `begin` what can, `go` what can go on with one. */
export function wordClasses(tokenizer: WordTokenizer): { gap: string; begin: string; go: string } {
  const { separators, leading } = separatorsOf(tokenizer);
  const gap = runsOf([...separators, ...leading]);
  return { gap: inside(gap), begin: outside(gap), go: outside(runsOf(separators)) };
}

/** Separators are found before case is folded, as SQLite does it: `separators 'x'` leaves X a token character. */
export function wordNormalSql(tokenizer: WordTokenizer): string {
  const separator = literal(tokenizer.separator);
  const { separators } = separatorsOf(tokenizer);
  const ascii = inside(runsOf(separators.filter((point) => point < 0x80)));
  const plain = `btrim(lower(regexp_replace(t COLLATE "C", E'${ascii}+', ${separator}, 'g')), ${separator})`;
  if (tokenizer.kind === "ascii") return functionSql(`${tokenizer.key}_normal(t text)`, "text", `SELECT ${plain}`);
  return functionSql(
    `${tokenizer.key}_normal(t text)`,
    "text",
    `DECLARE
  x text COLLATE "C" := t;
  before text COLLATE "C";
  after text COLLATE "C";
BEGIN
  -- ASCII only, as most texts are
  IF octet_length(t) = length(t) THEN
    RETURN ${plain};
  END IF;
${isUnreadable(tokenizer.separator) ? `${readSql}\n` : ""}${separateSql(tokenizer)}
  x := lower(x);
${foldSql(tokenizer.removeDiacritics, isUnreadable(tokenizer.separator))}
  RETURN btrim(x, ${separator});
END`,
  );
}

/** A mark goes on with a token but begins none: removed ones can go at once, kept ones with the gap in front of them. */
function separateSql(tokenizer: Unicode61Tokenizer): string {
  const separator = literal(tokenizer.separator);
  const { separators, leading } = separatorsOf(tokenizer);
  const between = inside(runsOf(separators));
  if (tokenizer.removeDiacritics > 0) {
    return `  x := regexp_replace(x, E'${inside(runsOf(pointsOf(marks)))}+', '', 'g');
  x := regexp_replace(x, E'${between}+', ${separator}, 'g');`;
  }
  const gap = inside(runsOf([...separators, ...leading]));
  return `  x := regexp_replace(x, E'^${gap}+', '');
  x := regexp_replace(x, E'${between}${gap}*', ${separator}, 'g');`;
}

/** One of the two that SQLite takes for U+FFFD: as a separator it must not be taken for text. */
function isUnreadable(separator: string): boolean {
  return separator === "\ufffe";
}

type Separators = {
  readonly separators: readonly number[];
  /** Marks that are no token characters by their category. */
  readonly leading: readonly number[];
};

function separatorsOf(tokenizer: WordTokenizer): Separators {
  const ascii = Array.from({ length: 127 }, (_, i) => i + 1).filter(
    (point) => !tokenizer.ascii.includes(String.fromCharCode(point)),
  );
  if (tokenizer.kind === "ascii") return { separators: ascii, leading: [] };
  const fixed = new Set(pointsOf(marks));
  const beyond = separatorsBeyondAscii(tokenizer);
  return {
    separators: [...ascii, ...beyond.filter((point) => !fixed.has(point))],
    leading: beyond.filter((point) => fixed.has(point)),
  };
}

function separatorsBeyondAscii(tokenizer: Unicode61Tokenizer): number[] {
  const exceptions = new Set(
    tokenizer.exceptions.flatMap((point) => (point === 0xfffd ? [point, 0xfffe, 0xffff] : point)),
  );
  const member = new Set(tokenizer.categories.flatMap(pointsIn));
  const listed = allListed();
  const separators = new Set(listed.filter((point) => point >= 0x80 && !member.has(point)));
  if (!tokenizer.unlisted) for (const point of unlistedAmong(new Set(listed))) separators.add(point);
  for (const point of exceptions) if (!separators.delete(point)) separators.add(point);
  return [...separators];
}

function unlistedAmong(listed: ReadonlySet<number>): number[] {
  const all = Array.from({ length: 0x10ffff - 0x7f }, (_, i) => i + 0x80);
  return all.filter((point) => (point < 0xd800 || point > 0xdfff) && !listed.has(point));
}

/** `[]` is nothing PostgreSQL knows. */
function inside(runs: readonly Run[]): string {
  return bracket(runs) ?? "(?!.).";
}

function outside(runs: readonly Run[]): string {
  return bracket(runs, true) ?? "(?:.|\\\\n)";
}
