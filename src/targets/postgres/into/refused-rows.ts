/** Which rows a constraint of the live table refused: looked up in staging once the switch is undone, with a line that leaves them out. */

import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { yamlText } from "../../../core/messages/yaml-text.ts";
import { beginning } from "../../../core/pinned-settings.ts";
import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import { qualified, quoteLiteral, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { withLivePath } from "./live-path.ts";

type ServerError = { readonly code?: string; readonly constraint?: string; readonly detail?: string };
type Condition = { readonly sql: string; readonly values: readonly string[] };

/** More are not worth a line. */
const mostNamed = 100;

/** Ends the client's transaction. Returns the error unchanged where nothing can be added. */
export async function withRefusedRows(client: Client, plan: Plan, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof RowhaulError) || thrown.code !== "CONSTRAINT_VIOLATED" || thrown.paste.length > 0)
    return thrown;
  const table = plan.tables.find(({ source }) => source === thrown.place.table);
  const cause = thrown.cause as ServerError | undefined;
  if (table === undefined || table.key.columns.length === 0 || cause === undefined) return thrown;
  try {
    await client.query(`ROLLBACK; ${beginning("read-only")}`);
    const keys = await withLivePath(client, plan.target.schema, () => refusedKeys(client, plan, table, cause));
    if (keys.length === 0) return thrown;
    const shown = keys.slice(0, 3).map((key) => `    ${keyLine(table, key)}`);
    const most = keys.length > mostNamed;
    return new RowhaulError(thrown.code, thrown.message, {
      place: thrown.place,
      details: [
        ...thrown.details,
        `${most ? `more than ${mostNamed} rows` : plural(keys.length, "row")} of ${table.source}:`,
        ...shown,
      ],
      ...(most
        ? {}
        : { paste: ["tables:", `  ${yamlText(table.source)}: { where: ${JSON.stringify(without(table, keys))} }`] }),
      cause: thrown.cause,
      hint: most
        ? thrown.hint
        : 'Add the printed lines to the pipeline file to leave these rows out (with `"*": {}` where it names no table yet), or correct them in the source. Nothing was changed.',
    });
  } catch {
    return thrown;
  }
}

async function refusedKeys(client: Client, plan: Plan, table: TablePlan, cause: ServerError): Promise<string[][]> {
  const condition = (await checkOf(client, plan, table, cause)) ?? valuesOf(table, cause);
  if (condition === null) return [];
  const key = table.key.columns.map((source) => table.columns.find((one) => one.source === source)?.target ?? source);
  const { rows } = await client.query<{ key: string[] }>(
    `SELECT ARRAY[${key.map((name) => `pg_catalog.format('%s', ${quoteName(name)})`).join(", ")}] AS key FROM ${qualified(plan.target.staging, table.target)} WHERE ${condition.sql} ORDER BY ${key.map(quoteName).join(", ")} LIMIT ${mostNamed + 1}`,
    [...condition.values],
  );
  return rows.map((row) => row.key);
}

/** Staging has the live columns' names and types. */
async function checkOf(
  client: Client,
  plan: Plan,
  { target }: TablePlan,
  { code, constraint }: ServerError,
): Promise<Condition | null> {
  if (code !== "23514" || constraint === undefined) return null;
  const { rows } = await client.query<{ sql: string }>(
    "SELECT pg_get_expr(conbin, conrelid) AS sql FROM pg_catalog.pg_constraint WHERE contype = 'c' AND conname = $1 AND conrelid = to_regclass($2)",
    [constraint, qualified(plan.target.schema, target)],
  );
  return rows[0] === undefined ? null : { sql: `NOT (${rows[0].sql})`, values: [] };
}

/** `Key (a, b)=(1, 2) …`, `Partition key of the failing row contains (a) = (1).` */
function valuesOf({ columns }: TablePlan, { detail = "" }: ServerError): Condition | null {
  const [, names = "", texts = ""] = /\(([^()]*)\) ?= ?\((.*?)\)(?: |\.$)/s.exec(detail) ?? [];
  const named = names.split(", ").map((name) => name.replace(/^"(.*)"$/, "$1"));
  const values = named.length === 1 ? [texts] : texts.split(", ");
  if (values.length !== named.length || !named.every((name) => columns.some(({ target }) => target === name)))
    return null;
  const sql = named.map((name, i) => `pg_catalog.format('%s', ${quoteName(name)}) = $${i + 1}`).join(" AND ");
  return { sql, values };
}

function keyLine({ key }: TablePlan, values: readonly string[]): string {
  return key.columns.map((column, i) => `${column}=${values[i]}`).join(", ");
}

function without({ key, where, columns }: TablePlan, keys: readonly (readonly string[])[]): string {
  const value = (text: string, i: number): string => {
    const type = columns.find(({ source }) => source === key.columns[i])?.pgType ?? "";
    return /^(smallint|integer|bigint)$/.test(type) ? text : quoteLiteral(text);
  };
  const [only, more] = key.columns;
  const left =
    more === undefined
      ? `${quoteName(only ?? "")} NOT IN (${keys.map(([text = ""]) => value(text, 0)).join(", ")})`
      : keys
          .map(
            (texts) =>
              `NOT (${key.columns.map((name, i) => `${quoteName(name)} = ${value(texts[i] ?? "", i)}`).join(" AND ")})`,
          )
          .join(" AND ");
  return where === null ? left : `(${where}\n) AND ${left}`;
}
