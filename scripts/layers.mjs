/**
 * The layers of src/, from the ground up: the linter's rules and the picture in docs/architecture.md are made of this
 * one table. `npm run docs` writes both; `node scripts/docs.mjs --check` says when one is not what the table says.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src/", import.meta.url));

/**
 * `uses`: the folders a layer may import from. What is not named here, it does not know. `joins`: files that put it
 * together with more, for those above; the layer's own code does not import them.
 */
export const layers = [
  { name: "core", is: "terms as types, error codes, hazards, events, ports", uses: [] },
  {
    name: "system",
    is: "processes, programs beside this one, durable files, errors of the disk, what kind of file something is",
    uses: ["core"],
  },
  { name: "json", is: "exact JSON: numbers, rows, faults with their place", uses: ["core"] },
  { name: "sql", is: "SQLite's SQL parsed, and written as PostgreSQL's", uses: ["core"] },
  { name: "live-types", is: "what a type of the application's reads of a value", uses: ["core"] },
  { name: "search", is: "full text: declarations, tokenizers, the functions in PostgreSQL", uses: ["core", "system"] },
  { name: "sqlite", is: "opening SQLite files", uses: ["core", "system"] },
  { name: "postgres", is: "connections, transactions and errors of PostgreSQL", uses: ["core", "system"] },
  {
    name: "snapshot",
    is: "the frozen SQLite file: catalog, pages, rows, profile, closure, fit, reshape, write",
    uses: ["core", "system", "sql", "live-types", "sqlite", "search"],
  },
  {
    name: "exports",
    is: "the export format, read and written",
    uses: ["core", "system", "json", "sqlite", "snapshot"],
  },
  {
    name: "sources/sqlite",
    is: "a live SQLite file → a snapshot",
    uses: ["core", "system", "search", "sqlite", "snapshot"],
  },
  {
    name: "sources/postgres",
    is: "a schema of PostgreSQL → a snapshot",
    uses: ["core", "system", "postgres", "snapshot"],
  },
  { name: "sources/json", is: "a JSON file → a snapshot", uses: ["core", "system", "json", "snapshot"] },
  { name: "sources/export", is: "an export's folder → a snapshot", uses: ["core", "system", "exports", "snapshot"] },
  {
    name: "transforms",
    is: "steps of a row, rules of a cell, and what becomes of the schema",
    uses: ["core", "system", "json", "live-types", "snapshot"],
  },
  { name: "plan", is: "one decision per column, constraint, index and view", uses: ["core", "sql", "search"] },
  {
    name: "targets/postgres",
    is: "staging, COPY, the switch and its way back, state",
    uses: ["core", "system", "live-types", "postgres"],
    joins: { files: ["index", "prove", "queries"], uses: ["plan", "search", "validators", "embedded", "operations"] },
  },
  {
    name: "targets/sqlite",
    is: "a file built aside and put in place, or filled",
    uses: ["core", "system", "sql", "live-types", "search", "sqlite", "snapshot"],
    joins: { files: ["index", "prove", "queries"], uses: ["plan", "validators", "operations"] },
  },
  // `alone`: code that proves must not be code that moved the rows
  { name: "validators", is: "the proof, by readers of its own", uses: ["core", "json"], alone: true },
  { name: "compare", is: "two stores side by side", uses: ["core", "system", "json"] },
  { name: "app-config", is: "the application's settings files, rewritten", uses: ["core", "system"] },
  { name: "embedded", is: "a PostgreSQL of rowhaul's own", uses: ["core", "system"] },
  { name: "run-folder", is: "what a run keeps beside its pipeline", uses: ["core", "system", "sqlite"] },
  { name: "report", is: "plan, findings and report as text", uses: ["core"] },
  {
    name: "operations",
    is: "seed data, notifications, performance, downtime, the checklist",
    uses: ["core", "system", "sqlite", "exports"],
  },
  {
    name: "backups",
    is: "backups made, found and verified",
    uses: ["core", "system", "sqlite", "exports", "operations"],
  },
  {
    name: "phases",
    is: "the story of a run",
    uses: ["core", "system", "search", "transforms", "plan", "run-folder", "operations", "backups"],
  },
  {
    name: "pipeline",
    is: "the file → settings → concrete parts: the one place that knows every store",
    uses: "everything",
    not: ["report", "cli"],
  },
  {
    name: "cli",
    is: "a command each: what it is (definitions), what it does (commands)",
    uses: ["index.ts", "core", "system", "plan", "run-folder", "report", "embedded", "compare", "pipeline"],
  },
];

/** Rules for each folder and each depth below it: what an import that climbs out of the folder may name. */
export function lintRules() {
  return layers.flatMap((layer) => {
    const { name, joins = { files: [], uses: [] } } = layer;
    const joining = joins.files.map((file) => `src/${name}/${file}.ts`);
    const own = depths(name).map((below) =>
      rule(layer, below, layer.uses, [
        `src/${name}/${"*/".repeat(below)}*.{ts,mjs}`,
        ...(below === 0 ? joining.map((file) => `!${file}`) : []),
      ]),
    );
    return joining.length === 0 ? own : [...own, rule(layer, 0, [...layer.uses, ...joins.uses], joining)];
  });
}

function rule({ name, not = [], alone = false }, below, uses, includes) {
  const out = "../".repeat(below + 1);
  const up = "../".repeat(name.split("/").length + below);
  const named = uses === "everything" ? layers.map((layer) => layer.name.split("/")[0]) : uses;
  const allowed = [...new Set(named)].filter((used) => !not.includes(used));
  const group = [
    `${out}**`,
    ...allowed.map((used) => `!${up}${used}${used.endsWith(".ts") ? "" : "/**"}`),
    ...(alone ? ["**/wire.ts"] : []),
  ];
  const message = `src/${name} does not know this: see docs/architecture.md, "Layers".`;
  const paths = alone ? { "pg-copy-streams": { message: "The proof shares no code with the transfer." } } : {};
  const options = { paths, patterns: [{ group, message }] };
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: "error", options } } } } };
}

/** How deep folders go below a layer's own: 0 for its own files. */
function depths(name) {
  const deepest = (folder) =>
    Math.max(
      0,
      ...readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => 1 + deepest(`${folder}/${entry.name}`)),
    );
  return Array.from({ length: deepest(src + name) + 1 }, (_, i) => i);
}

export function lintFile() {
  return `${JSON.stringify({ overrides: lintRules() }, null, 2)}\n`;
}

/** For docs/architecture.md: from the top down, with what each layer uses. */
export function layerTable() {
  const rows = layers.toReversed().map(({ name, is, uses, not = [], joins }) => {
    const more = joins === undefined ? "" : `; ${joins.files.join(", ")}: also ${joins.uses.join(", ")}`;
    const list = uses === "everything" ? `every layer but ${not.join(" and ")}` : (uses.join(", ") || "–") + more;
    return `| \`${name}/\` | ${is} | ${list} |`;
  });
  return ["| folder | what it is | may import |", "|---|---|---|", ...rows].join("\n");
}
