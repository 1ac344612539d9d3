/** PostgreSQL's own SQL, as its deparser writes it, cut into words; joined again they are the text. */

export type Word = {
  readonly text: string;
  /** The name it stands for, when it is one. */
  readonly name: string | null;
};

export function wordsOf(sql: string): Word[] {
  return (sql.match(pattern) ?? []).map((text) => ({ text, name: nameOf(text) }));
}

/** The deparser doubles a quote in every kind of text, so a text ends at the first single one. */
const pattern = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*|\d[\w.]*|\s+|[\s\S]/gu;

/** A keyword stands in capitals where a name would be in small letters or quoted. */
function nameOf(text: string): string | null {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  return /^[a-z_\u0080-\u{10ffff}]/u.test(text) ? text : null;
}
