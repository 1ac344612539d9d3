/** Every option of the command line, once. */
export const options = {
  json: { type: "boolean", help: "print one JSON event a line instead of text" },
  quiet: { type: "boolean", short: "q", help: "print nothing but errors and results" },
  yes: { type: "boolean", short: "y", help: "answer every question with yes" },
  "no-color": { type: "boolean", help: "no colours (also: NO_COLOR=1)" },
  "dry-run": { type: "boolean", short: "n", help: "stop before anything in the target is changed" },
  fresh: { type: "boolean", help: "discard a stopped or finished run and take a new snapshot" },
  "accept-all": { type: "boolean", help: "take every hazard's default policy; the ledger names each cell" },
  tables: { type: "string", value: "names", help: "only these tables, by name or pattern, separated by commas" },
  schema: { type: "string", value: "name", help: "PostgreSQL schema (default: the URL's ?schema=, else public)" },
  "source-schema": {
    type: "string",
    value: "name",
    help: "schema of a PostgreSQL source (default: its URL's ?schema=, else public)",
  },
  "other-schema": { type: "string", value: "name", help: "schema of the second store, where it is another one" },
  "by-meaning": { type: "boolean", help: "compare values by what they mean also between two stores of a kind" },
  "keep-aside": { type: "boolean", help: "move what stands in the target to a schema of its own" },
  where: {
    type: "string",
    multiple: true,
    value: "table: condition",
    help: "only rows of that table that meet the condition, in the source's SQL; may be given several times",
  },
  root: {
    type: "string",
    value: "table: condition",
    help: "only this row, with all that hangs from it over foreign keys",
  },
  "no-parents": { type: "boolean", help: "with --root: without the rows that the selected ones point to" },
  gzip: { type: "boolean", help: "compress the files" },
  overwrite: { type: "boolean", help: "replace an export that is there" },
  missing: {
    type: "string",
    value: "refuse|null|keep",
    help: "where fields of a JSON file are missing in some rows and null in others: refuse (the default), make both NULL, or keep the names of what is missing in a column of its own",
  },
  append: { type: "boolean", help: "add the rows to the tables that are there" },
  merge: { type: "boolean", help: "add the rows to the tables that are there; one with the same key is replaced" },
  skip: {
    type: "boolean",
    help: "add the rows to the tables that are there; those with the same key stay as they are",
  },
  replace: { type: "boolean", help: "put the rows in place of all that the tables hold" },
  clear: { type: "boolean", help: "another name of --replace" },
  env: { type: "string", value: "name", help: "environment of the pipeline file (default: production, if it has any)" },
  confirm: { type: "string", value: "database", help: "the target database's name, where the environment asks for it" },
  forward: { type: "boolean", help: "complete an interrupted cutover instead of rolling it back" },
  "discard-new-writes": { type: "boolean", help: "go on although rows written since the switch would be hidden" },
  full: { type: "boolean", help: "everything, not only the first lines of each section" },
  redact: { type: "boolean", help: "leave out values and keys" },
  output: { type: "string", short: "o", value: "file", help: "write to this file (default: <name>.yaml here)" },
  embedded: {
    type: "string",
    value: "folder",
    help: "folder whose embedded PostgreSQL is meant (default: the pipeline's, or this one)",
  },
  remove: { type: "boolean", help: "also remove its data, for good" },
  help: { type: "boolean", short: "h", help: "help on the command" },
} as const satisfies Record<
  string,
  { type: "boolean" | "string"; short?: string; multiple?: boolean; value?: string; help: string }
>;

export type OptionName = keyof typeof options;

/** Options that every command takes. */
export const commonOptions = ["json", "quiet", "no-color", "help"] as const satisfies readonly OptionName[];
