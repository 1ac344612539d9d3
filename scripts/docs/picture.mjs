/**
 * docs/demo.svg: the terminal of a real run. Runs the demo's pipeline with colours
 * and draws what it prints. `node scripts/docs/picture.mjs`, after `npm run demo`.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const command = "rowhaul run pipelines/knowledge-base.yaml";
const columns = 132;
const colours = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 36: "#79c0ff" };
/** Built from a string: a control character in a literal pattern is mostly a mistake. */
const escapeCode = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);
const [lineHeight, charWidth, margin] = [19, 7.83, 20];

const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ["dist/cli/main.js", "run", "pipelines/knowledge-base.yaml", "--fresh", "--yes"],
  { cwd: root, encoding: "utf8", env: { ...process.env, FORCE_COLOR: "1", NO_COLOR: "" } },
);
if (status !== 0) throw new Error(`The run ended with ${status}:\n${stderr}`);
const lines = [`\u001b[32m$\u001b[39m ${command}`, ...`${stderr}${stdout}`.trimEnd().replaceAll(root, "").split("\n")];
writeFileSync(`${root}docs/demo.svg`, svg(lines));

function svg(text) {
  const width = Math.ceil(columns * charWidth + margin * 2);
  const height = text.length * lineHeight + margin * 2 + 14;
  const rows = text.map((line, i) => `<text x="${margin}" y="${margin + 28 + i * lineHeight}">${spans(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3" xml:space="preserve">
<title>A run of the knowledge base's pipeline</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="18" cy="16" r="5" fill="#ff5f57"/><circle cx="35" cy="16" r="5" fill="#febc2e"/><circle cx="52" cy="16" r="5" fill="#28c840"/>
${rows.join("\n")}
</svg>
`;
}

/** SGR codes → tspans; anything past the last column is cut. */
function spans(line) {
  let style = { fill: null, weight: null, opacity: null };
  let room = columns;
  let out = "";
  for (const part of line.split(escapeCode)) {
    const code = part.startsWith("\u001b") ? part.slice(2, -1) : undefined;
    if (code !== undefined) {
      if (code === "1") style = { ...style, weight: "bold" };
      else if (code === "2") style = { ...style, opacity: "0.6" };
      else if (code === "22") style = { ...style, weight: null, opacity: null };
      else style = { ...style, fill: colours[code] ?? null };
      continue;
    }
    if (part === "" || room <= 0) continue;
    const shown = part.length > room ? `${part.slice(0, room - 1)}…` : part;
    room -= shown.length;
    const attributes = [
      style.fill && `fill="${style.fill}"`,
      style.weight && `font-weight="${style.weight}"`,
      style.opacity && `opacity="${style.opacity}"`,
    ];
    out += `<tspan ${attributes.filter(Boolean).join(" ")}>${shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</tspan>`;
  }
  return out;
}
