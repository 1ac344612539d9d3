/**
 * Writes what is generated: the pipeline reference and its JSON schema, error codes, hazards, the command line, and
 * the layers, for the reader and for the linter. `--check` only compares, for the tests and CI.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { architecturePage } from "./docs/architecture.mjs";
import { cliPage } from "./docs/cli.mjs";
import { errorsPage, hazardsPage } from "./docs/codes.mjs";
import { pipelinePage, pipelineSchemaText } from "./docs/pipeline.mjs";
import { transformsPage } from "./docs/transforms.mjs";
import { lintFile } from "./layers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const pages = {
  "docs/pipeline.md": pipelinePage(),
  "pipelines/schema.json": pipelineSchemaText(),
  "docs/transforms.md": transformsPage(),
  "docs/errors.md": errorsPage(),
  "docs/hazards.md": hazardsPage(),
  "docs/cli.md": cliPage(),
  "docs/architecture.md": architecturePage(read(`${root}docs/architecture.md`)),
  "scripts/layers.lint.json": lintFile(),
};
const stale = Object.entries(pages).filter(([path, text]) => read(root + path) !== text);
for (const [path, text] of stale) {
  if (check) console.error(`${path} is not what \`npm run docs\` writes.`);
  else writeFileSync(root + path, text);
}
if (check && stale.length > 0) process.exitCode = 1;

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
