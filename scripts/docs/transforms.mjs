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
    "The snapshot's rows go through the steps into a second snapshot, and everything after works on that one: types come from the transformed values, keys and indexes follow renamed columns. An index that could not follow is named in the report; a unique key, foreign key, check or default that could not is a hazard to accept, unless the pipeline drops that very column. The table's own `rename` and `drop` come last and name columns as the steps leave them; `columns` names them as they are in the source. The proof has two halves: the steps are run again, in other batches, and must give the same rows; then every cell of the target is compared with the transformed snapshot.",
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
    "A row holds the columns by the names they have at this step: an INTEGER within ±2^53 and a REAL as a number, a larger INTEGER as a bigint, TEXT (and so dates, JSON, decimals) as a string, a BLOB as a Uint8Array, NULL as null; `info.table` is the source's table. The row is frozen. What is returned unchanged stays exactly as it was; a Date becomes ISO text, objects and arrays JSON, a boolean 0 or 1. Anything else (undefined, NaN, a Promise, a column nobody declared) is an error that names the column. The function must be pure: it is called again by the proof.",
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
