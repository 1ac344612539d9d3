/** Reads a pipeline file. All its mistakes are reported together, each with its line. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { RowhaulError } from "../core/errors.ts";
import type { Settings } from "../core/settings.ts";
import { type PipelineFile, pipelineSchema } from "./schema.ts";
import { settingsOf } from "./settings.ts";
import { fillVariables } from "./variables.ts";

/** Errors: PIPELINE_NOT_FOUND, PIPELINE_INVALID. */
export function readPipeline(path: string, env: NodeJS.ProcessEnv = process.env): Settings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    throw new RowhaulError("PIPELINE_NOT_FOUND", `There is no pipeline file at ${path}.`, { cause: thrown });
  }
  return settingsOf(parsePipeline(text, path, env), dirname(resolve(path)));
}

export function parsePipeline(text: string, path: string, env: NodeJS.ProcessEnv): PipelineFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const mistakes: Mistake[] = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message.split("\n")[0] ?? "",
  }));
  if (mistakes.length > 0) throw invalid(path, mistakes);
  const data: unknown = document.toJS();
  const missing: Mistake[] = [];
  // Variables are filled in after YAML was parsed, so that no value can change the file's structure.
  const filled = fillVariables(data, env, (at, message) =>
    missing.push({ line: lineOf(document, lines, at), message }),
  );
  const parsed = pipelineSchema.safeParse(filled);
  const wrong = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue as Issue, document, lines));
  // A value that lacks its variable would only repeat the complaint.
  if (missing.length + wrong.length > 0) throw invalid(path, [...missing, ...wrong]);
  return parsed.data as PipelineFile;
}

type Mistake = { readonly line: number; readonly message: string };
type Issue = {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
};

function describe(issue: Issue, document: Document, lines: LineCounter): Mistake[] {
  const place = issue.path.join(".");
  if (issue.code === "unrecognized_keys" && issue.keys) {
    return issue.keys.map((key) => ({
      line: lineOf(document, lines, [...issue.path, key]),
      message: `unknown key "${key}"${place === "" ? "" : ` in ${place}`}`,
    }));
  }
  if (issue.code === "invalid_union" && issue.errors && issue.errors.length > 0) {
    // The alternative with the fewest complaints is the one that was meant.
    const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
    return (closest ?? []).flatMap((inner) =>
      describe({ ...inner, path: [...issue.path, ...inner.path] }, document, lines),
    );
  }
  return [
    { line: lineOf(document, lines, issue.path), message: `${place === "" ? "the file" : place}: ${issue.message}` },
  ];
}

/** Line of the deepest part of the path that exists. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const pair = keyNode(document, path.slice(0, depth));
    if (pair !== null) return lines.linePos(pair).line;
  }
  return 1;
}

function keyNode(document: Document, path: readonly (string | number)[]): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const items = (parent as { items?: unknown[] } | null)?.items;
  if (!Array.isArray(items)) return null;
  const found =
    typeof last === "number"
      ? items[last]
      : items.find((item) => String((item as { key?: unknown }).key) === String(last));
  const node = isNode(found) ? found : (found as { key?: unknown } | undefined)?.key;
  return isNode(node) && node.range ? node.range[0] : null;
}

function invalid(path: string, mistakes: readonly Mistake[]): RowhaulError {
  const sorted = [...mistakes].sort((a, b) => a.line - b.line);
  const details = sorted.map((mistake) => `line ${mistake.line}: ${mistake.message}`);
  return new RowhaulError(
    "PIPELINE_INVALID",
    `${path} has ${details.length === 1 ? "a mistake" : `${details.length} mistakes`}:`,
    { details },
  );
}
