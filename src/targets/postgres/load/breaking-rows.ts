/** Finds the rows that keep a constraint from being added: the server names none for a CHECK, and never their keys. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";

/** The error with the first rows as details, each by key and the values that it is about; unchanged where none can be told. */
export async function namingRows(pool: Pool, sql: string, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof RowhaulError) || thrown.code !== "CONSTRAINT_VIOLATED") return thrown;
  const condition = breaking(sql);
  if (condition === null) return thrown;
  // This is only a help: its own failure must not hide the original error.
  const rows = await inTransaction(
    pool,
    "looking for rows that break a constraint",
    (client) => shownRows(client, condition),
    { begin: "read-only" },
  ).catch(() => []);
  const { code, message, hint, place, details, paste, cause } = thrown;
  return new RowhaulError(code, message, { hint, place, details: [...details, ...rows], paste, cause });
}

type Breaking = {
  readonly relation: string;
  /** Of the table `r`. */
  readonly where: string;
  /** The constraint's own words, in which its columns stand quoted. */
  readonly about: string;
};

const name = '"(?:[^"]|"")+"';
const names = `${name}(?:, ${name})*`;
const relation = `${name}\\.${name}`;
const adding = `^ALTER TABLE (${relation}) ADD CONSTRAINT ${name}`;
const check = new RegExp(`${adding} CHECK \\(([\\s\\S]*)\\)(?: NOT VALID)?$`);
const unique = new RegExp(`${adding} (?:UNIQUE|PRIMARY KEY) \\((${names})\\)`);
const reference = new RegExp(`${adding} FOREIGN KEY \\((${names})\\) REFERENCES (${relation}) \\((${names})\\)`);

/** Null for statements of another form, such as an index on expressions. */
function breaking(sql: string): Breaking | null {
  const [, checked = "", about = ""] = check.exec(sql) ?? [];
  if (checked !== "") return { relation: checked, where: `NOT (${about})`, about };
  const [, relation = "", key = ""] = unique.exec(sql) ?? [];
  if (relation !== "") {
    const twice = `SELECT ${key} FROM ${relation} GROUP BY ${key} HAVING count(*) > 1`;
    return { relation: relation, where: `(${key}) IN (${twice})`, about: key };
  }
  const [, child = "", from = "", parent = "", to = ""] = reference.exec(sql) ?? [];
  if (child === "") return null;
  const [own, others] = [from, to].map((list) => list.match(new RegExp(name, "g")) ?? []);
  const pairs = (own ?? []).map((column, i) => `p.${others?.[i]} = r.${column}`);
  const there = (own ?? []).map((column) => `r.${column} IS NOT NULL`);
  const missing = `NOT EXISTS (SELECT FROM ${parent} p WHERE ${pairs.join(" AND ")})`;
  return { relation: child, where: `${there.join(" AND ")} AND ${missing}`, about: from };
}

async function shownRows(client: Client, { relation, where, about }: Breaking): Promise<string[]> {
  const { rows: columns } = await client.query<{ name: string; quoted: string; key: boolean }>(
    `SELECT a.attname::text AS name, '"' || replace(a.attname, '"', '""') || '"' AS quoted, coalesce(a.attnum = ANY(i.indkey::int2[]), false) AS key
       FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [relation],
  );
  const keys = columns.filter(({ key }) => key);
  const values = columns.filter(({ key, quoted }) => !key && about.includes(quoted));
  const shown = [...keys, ...values];
  if (shown.length === 0) return [];
  const order = keys.length === 0 ? "" : ` ORDER BY ${keys.map(({ quoted }) => `r.${quoted}`).join(", ")}`;
  const { rows } = await client.query<{ texts: (string | null)[] }>(
    `SELECT ARRAY[${shown.map(({ quoted }) => `left(r.${quoted}::text, 60)`).join(", ")}] AS texts FROM ${relation} r WHERE ${where}${order} LIMIT 3`,
  );
  return rows.map(({ texts }) => {
    const cells = shown.map((column, i) => `${column.name}=${texts[i] ?? "NULL"}`);
    return [cells.slice(0, keys.length).join(", "), cells.slice(keys.length).join(", ")]
      .filter((part) => part !== "")
      .join(": ");
  });
}
