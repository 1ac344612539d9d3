/** The parts of a build of rowhaul that the benchmark works with. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = [
  "index.js",
  "embedded/index.js",
  "validators/source-reader.js",
  "validators/target-reader.js",
  "validators/search/answer.js",
  "validators/search/exclusions.js",
  "validators/search/input.js",
  "validators/search/material.js",
  "validators/search/queries.js",
  "validators/search/source-search.js",
  "validators/search/target-search.js",
  "search/copy/copy-indexes.js",
  "search/index-sql.js",
  "search/tokenizer/parse-tokenizer.js",
];

export async function loadRowhaul(dist) {
  const loaded = await Promise.all(modules.map((module) => import(pathToFileURL(join(dist, module)).href)));
  return Object.assign({}, ...loaded);
}
