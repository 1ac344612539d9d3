/** The table of layers in docs/architecture.md, between its two marks. */
import { layerTable } from "../layers.mjs";

const begin = "<!-- layers: written by `npm run docs` from scripts/layers.mjs -->";
const end = "<!-- /layers -->";

export function architecturePage(page) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < 0) throw new Error("docs/architecture.md has lost the marks of its table of layers.");
  return `${page.slice(0, from + begin.length)}\n\n${layerTable()}\n\n${page.slice(to)}`;
}
