/** Reads a pipeline file. All its mistakes are reported together, each with its line. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Alias, type Document, isNode, LineCounter, parseDocument, visit } from "yaml";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { nearest } from "../../core/messages/nearest.ts";
import { mayHoldPassword } from "../../core/messages/shown-argument.ts";
import type { Settings } from "../../core/settings.ts";
import { fileKind, headBytes } from "../../system/file-kind.ts";
import { knownKeys } from "./known-keys.ts";
import { type PipelineFile, pipelineSchema } from "./schema.ts";
import { settingsOf } from "./settings.ts";
import { fillVariables, type Variables } from "./variables.ts";

/**
 * The file's settings, with its defaults and absolute paths. `env`: what `${NAME}` in it stands for. `environment`: one of
 * the file's, by name. Throws PIPELINE_NOT_FOUND, PIPELINE_INVALID, USAGE.
 */
export function readPipeline(path: string, env: Variables = process.env, environment: string | null = null): Settings {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    throw notFound(path, thrown);
  }
  const kind = fileKind(path, bytes.subarray(0, headBytes));
  // Lines of comments may have as many commas each: only a name says that a file is CSV.
  const maybeYaml = /^(json|pipeline|text|csv)$/.test(kind?.name ?? "text") && !/\.(csv|tsv)$/i.test(path);
  if (kind !== null && !maybeYaml)
    throw new RowhaulError("PIPELINE_INVALID", `${path} is ${kind.is}, and no pipeline file.`, {
      hint:
        kind.name === "sqlite"
          ? `\`rowhaul init ${path}\` (or \`rowhaul copy ${path} embedded\`)`
          : "`rowhaul init <source>` writes a pipeline file.",
    });
  return settingsOf(parsePipeline(bytes.toString("utf8"), path, env), dirname(resolve(path)), environment);
}

function notFound(path: string, cause: unknown): RowhaulError {
  const { code } = cause as { code?: string };
  if (mayHoldPassword(path))
    return new RowhaulError("PIPELINE_NOT_FOUND", "What is given is an address, and no pipeline file.", {
      hint: "The command takes the path of a pipeline file; `rowhaul init <source>` writes one.",
    });
  if (code === "EISDIR")
    return new RowhaulError("PIPELINE_NOT_FOUND", `${path} is a folder, and no pipeline file.`, { cause });
  if (code === "ENOENT" || code === "ENOTDIR")
    return new RowhaulError("PIPELINE_NOT_FOUND", `There is no pipeline file at ${path}.`, { cause });
  return new RowhaulError("PIPELINE_NOT_FOUND", `The pipeline file ${path} cannot be read: ${messageOf(cause)}.`, {
    cause,
  });
}

export function parsePipeline(text: string, path: string, env: Variables): PipelineFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const mistakes: Mistake[] = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message.split("\n")[0] ?? "",
  }));
  if (mistakes.length > 0) throw invalid(path, mistakes, []);
  const data = plainValue(document, lines, path);
  const missing: Mistake[] = prototypes(data).map((at) => ({
    line: lineOf(document, lines, at),
    message: `${at.join(".")}: a name that JavaScript keeps for itself, and would leave out`,
  }));
  // Variables are filled in after YAML was parsed, so that no value can change the file's structure.
  const unset = new Set<string>();
  const filled = fillVariables(data, env, (at, message) => {
    missing.push({ line: lineOf(document, lines, at), message });
    unset.add(/^the variable (\S+) is not set/.exec(message)?.[1] ?? "");
  });
  const parsed = pipelineSchema.safeParse(filled);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => flatten(issue as Issue));
  const wrong = describe(issues).map(({ path: at, message }) => ({ line: lineOf(document, lines, at), message }));
  if (missing.length + wrong.length > 0) throw invalid(path, [...missing, ...wrong], [...unset]);
  return withNullPolicies(parsed.data as PipelineFile);
}

/** What the document says, written out. Throws PIPELINE_INVALID for aliases of nothing, of themselves, or of far too much. */
function plainValue(document: Document, lines: LineCounter, path: string): unknown {
  let found: { readonly node: Alias; readonly line: number } | null = null;
  let lost = false;
  visit(document, {
    Alias(_, node) {
      const line = lines.linePos(node.range?.[0] ?? 0).line;
      const isLost = node.resolve(document) === undefined;
      if (found === null || (isLost && !lost)) found = { node, line };
      lost ||= isLost;
    },
  });
  const { node, line } = found ?? { node: null, line: 1 };
  const refused = (message: string): Error => invalid(path, [{ line, message }], []);
  if (lost && node !== null)
    throw refused(`the alias *${(node as Alias).source} refers to nothing that stands before it`);
  let data: unknown;
  try {
    data = document.toJS();
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError) && !(thrown instanceof RangeError)) throw thrown;
    throw refused("its aliases stand for far too much: written out, the file would be many times larger");
  }
  if (isCircular(data)) throw refused("an alias stands within what it refers to");
  return data;
}

function isCircular(value: unknown, above: readonly object[] = []): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (above.includes(value)) return true;
  return Object.values(value).some((item) => isCircular(item, [...above, value]));
}

/** Places of keys that the objects made of this file cannot have: they would silently be ignored. */
function prototypes(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    return [...(key === "__proto__" ? [at] : []), ...prototypes(item, at)];
  });
}

/** One policy is called null, and without quotes YAML reads that as no value. */
function withNullPolicies(file: PipelineFile): PipelineFile {
  return {
    ...file,
    accept: file.accept.map((entry) => (entry.policy === null ? { ...entry, policy: "null" } : entry)),
  };
}

type Mistake = { readonly line: number; readonly message: string };
type Path = readonly (string | number)[];
type Issue = {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
};

/** Of alternatives, one of the right type was meant, and of those the one with the fewest complaints. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || !issue.errors || issue.errors.length === 0) return [issue];
  const fitting = issue.errors.filter((complaints) => !complaints.some((one) => isOfOtherType(one)));
  const [closest] = [...(fitting.length > 0 ? fitting : issue.errors)].sort((a, b) => a.length - b.length);
  return (closest ?? []).flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** A complaint about the value as a whole: a text where a list was wanted. */
function isOfOtherType({ code, path, errors }: Issue): boolean {
  if (path.length > 0) return false;
  if (code === "invalid_type") return true;
  return code === "invalid_union" && (errors ?? []).every((complaints) => complaints.some(isOfOtherType));
}

function describe(issues: readonly Issue[]): { path: Path; message: string }[] {
  const misspelled = new Set<string>();
  const unknown = issues.flatMap((issue) =>
    (issue.keys ?? []).map((key) => {
      const place = issue.path.join(".");
      const meant = nearest(key, knownKeys(issue.path));
      if (meant !== null) misspelled.add([...issue.path, meant].join("\0"));
      return {
        path: [...issue.path, key],
        message: `unknown key "${key}"${place === "" ? "" : ` in ${place}`}${meant === null ? "" : `; did you mean "${meant}"?`}`,
      };
    }),
  );
  const others = issues
    .filter((issue) => issue.code !== "unrecognized_keys")
    // A step whose only name is unknown names none.
    .filter((issue) => issue.code !== "custom" || !unknown.some(({ path }) => isBelow(path, issue.path)))
    // That the right spelling is missing would only repeat it.
    .filter((issue) => !(/received undefined$/.test(issue.message) && misspelled.has(issue.path.join("\0"))))
    .map((issue) => ({ path: issue.path, message: `${issue.path.join(".") || "the file"}: ${issue.message}` }));
  return [...unknown, ...others];
}

function isBelow(path: Path, above: Path): boolean {
  return path.length === above.length + 1 && above.every((step, i) => step === path[i]);
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

function invalid(path: string, mistakes: readonly Mistake[], unset: readonly string[]): RowhaulError {
  const sorted = [...mistakes].sort((a, b) => a.line - b.line);
  const details = sorted.map((mistake) => `line ${mistake.line}: ${mistake.message}`);
  return new RowhaulError(
    "PIPELINE_INVALID",
    `${path} has ${details.length === 1 ? "a mistake" : `${details.length} mistakes`}:`,
    unset.length === 0
      ? { details }
      : {
          details,
          hint: `Set ${unset.length === 1 ? "it" : "them"}: export ${unset.map((name) => `${name}=…`).join(" ")}${unset.length < details.length ? "; and correct the other lines named." : ""}`,
        },
  );
}
