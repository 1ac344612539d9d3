/** Reads the target as psql would: the server's own text of every value, and none of rowhaul's readers in between. */
import pg from "pg";

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
const settings = ["timezone=UTC", "datestyle=ISO", "intervalstyle=postgres", "lc_monetary=C", "bytea_output=hex"];

export async function withPlainClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const options = settings.map((setting) => `-c ${setting}`).join(" ");
  const client = new pg.Client({ connectionString: url, types: asText, options });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows as `a|b|∅`. `of`: a query, or a table, whose rows are then in the order of its first column. */
export async function shownRows(client: pg.Client, of: string): Promise<string[]> {
  const text = /^\s*(select|with|insert)\b/i.test(of) ? of : `SELECT * FROM ${of} ORDER BY 1`;
  const { rows } = await client.query({ text, rowMode: "array" });
  return (rows as (string | null)[][]).map((row) => row.map((value) => value ?? "∅").join("|"));
}

/** Every row of every table of the application's, the names of what there is, and the state of each trigger. */
export async function wholeSchema(client: pg.Client, schema = "public"): Promise<Record<string, string[]>> {
  const relations = await shownRows(
    client,
    `SELECT c.oid::regclass, c.relkind FROM pg_class c WHERE c.relnamespace = '${schema}'::regnamespace ORDER BY 1::text COLLATE "C"`,
  );
  const states =
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2";
  const found: Record<string, string[]> = { "states of triggers": await shownRows(client, states) };
  for (const relation of relations) {
    const [name = "", kind = ""] = relation.split("|");
    found[relation] = /[rp]/.test(kind) ? await shownRows(client, `SELECT x::text FROM ${name} x ORDER BY 1`) : [];
  }
  return found;
}
