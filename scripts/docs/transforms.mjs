import { z } from "zod";
import { transforms } from "../../dist/transforms/registry.js";
import { cell } from "./cell.mjs";
import { rows } from "./pipeline.mjs";

export function transformsPage() {
  return [
    "# Transforms",
    "",
    "<!-- Written by `npm run docs` from src/transforms/; do not edit. -->",
    "",
    "Rows may be reshaped on their way. A table's `transform` is a list of steps through which each row passes in order; the commonest ones for a single column can be said under `columns` instead ([docs/pipeline.md](pipeline.md)), and come first.",
    "",
    "```yaml",
    "tables:",
    "  entries:",
    "    columns:",
    '      keywords: { split: "," }',
    "      priority: { map: { P1: critical, P2: high }, otherwise: fail }",
    "    transform:",
    "      - rename: { description: problem }",
    "      - ./transforms/entry.js          # a function of yours",
    "    onError: quarantine                # a row that a step cannot take: fail (the default) or quarantine",
    "```",
    "",
    "The snapshot's rows go through the steps into a second snapshot, and everything after works on that one: types come from the transformed values, keys and indexes follow renamed columns, and a declaration counts as far as every value fits it. An index that could not follow is named in the report; a unique key, foreign key, check or default that could not is a hazard to accept, unless the pipeline drops that very column. The table's own `rename` and `drop` come last and name columns as the steps leave them; `columns` names them as they are in the source. The proof has two halves: the steps are run again, in other batches, and must give the same rows; then every cell of the target is compared with the transformed snapshot.",
    "",
    "| transform | does | can be undone |",
    "|---|---|---|",
    ...transforms.map(({ name, summary, undo }) => `| [${name}](#${name}) | ${cell(summary)} | ${cell(undo)} |`),
    "",
    ...transforms.flatMap(section),
    "### A file with a function",
    "",
    "```ts",
    'import type { RowFunction } from "rowhaul";',
    "",
    "// New columns, with the types they are declared with: TEXT, INTEGER, REAL, BLOB, DATE, DATETIME, BOOLEAN, JSON, or one of PostgreSQL's.",
    'export const columns = { initials: "TEXT" };',
    "",
    "const customer: RowFunction = (row, info) => {",
    '  if (row["FirstName"] === null) return null;            // this row stays behind',
    '  const initials = `${String(row["FirstName"]).slice(0, 1)}.`;',
    "  return { ...row, initials };                           // or an array of rows",
    "};",
    "export default customer;",
    "```",
    "",
    "A row holds the columns by the names they have at this step: an INTEGER within ±2^53 and a REAL as a number, a larger INTEGER as a bigint, TEXT (and so dates, JSON, decimals) as a string, a BLOB as a Uint8Array, NULL as null; `info.table` is the source's table. The row is frozen. What is returned unchanged stays exactly as it was; a Date becomes ISO text, objects and arrays JSON, a boolean `true` or `false` in a text or JSON column and 1 or 0 in any other. Anything else (undefined, NaN, a Promise, a column nobody declared) is an error that names the column. The function must be pure: it is called again by the proof.",
    "",
    "### What becomes of the schema",
    "",
    "Which columns a function changes is seen from their values, not assumed. `(row) => ({ ...row })` gives the same plan as no function at all, and a column that comes back as it was keeps whatever was declared of it and hangs on it.",
    "",
    "- A changed column keeps its declared type, default, keys, indexes, checks and references as well, where the new values allow it. What they break is asked by name: a check that a row does not meet and NULL in a NOT NULL column as `CHECK_LOST`, rows without a parent as `ORPHAN_ROWS`; values that are no longer unique stop the run before anything is switched. Values arrive as the function returned them: a text in an INTEGER column stays a text, and the column gets a type that carries both.",
    "- A generated column that is handed on as it was, as `{ ...row, title }` does, is computed again where the function changed what it is computed from; the plan notes that as `COMPUTED_ANEW`. Values that the function made itself, others than the expression gives, are a `GENERATED_LOST` to accept.",
    '- A new column has the type that `columns` names, where its values fit; with `""` the type of its values, and text where all are NULL (`NO_TYPE_NO_VALUES` in the notes).',
    "- With `keys: made` the key still numbers new rows when the function's keys are integers, each once. To leave a column out, add a `drop` step.",
    "",
  ].join("\n");
}

function section({ name, summary, example, options, undo, parity }) {
  const schema = z.toJSONSchema(options, { io: "input", unrepresentable: "any" });
  const known = rows(schema, "", []);
  return [
    `## ${name}`,
    "",
    `${sentence(summary)}`,
    "",
    "```yaml",
    ...example.trim().split("\n"),
    "```",
    "",
    ...(known.length === 0 ? [] : ["| option | value | default | meaning |", "|---|---|---|---|", ...known, ""]),
    `Undo: ${undo}. Parity compares ${parity}.`,
    "",
  ];
}

function sentence(text) {
  const first = `${text[0].toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
