/** The user's own queries: lines of a file, a column of a CSV, or what a regular expression finds in a log. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { RowhaulError } from "../../../../core/messages/errors.ts";
import type { QueryFile } from "../../../../core/schema/full-text.ts";
import { shorten } from "../../../../core/values/render-cell.ts";
import { firstGroups, linesAtOnce } from "./bounded-match.ts";
import { csvRecords } from "./csv.ts";

/** What is asked more than once is read once; a log of any length is read up to so many different queries. */
const mostQueries = 10_000;

export async function readQueries(file: QueryFile): Promise<string[]> {
  const found = new Set<string>();
  for await (const query of read(file)) {
    if (query.trim() === "") continue;
    found.add(query);
    if (found.size >= mostQueries) break;
  }
  if (found.size === 0)
    throw new RowhaulError("PIPELINE_INVALID", `${file.path} holds no queries.`, {
      hint: file.kind === "log" ? "Check the pattern: its first group must match the query." : "Check the file.",
    });
  return [...found];
}

async function* read(file: QueryFile): AsyncGenerator<string> {
  try {
    if (file.kind === "csv") yield* csvColumn(file);
    else if (file.kind === "log") yield* logged(file);
    else yield* lines(file.path);
  } catch (cause) {
    if (cause instanceof RowhaulError) throw cause;
    throw new RowhaulError("PIPELINE_INVALID", `${file.path}, named for search queries, cannot be read.`, {
      hint: "Check the path and its permissions; it is relative to the pipeline file.",
      cause,
    });
  }
}

async function* lines(path: string): AsyncGenerator<string> {
  let first = true;
  const input = createReadStream(path, { encoding: "utf8" });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield first && line.startsWith("\ufeff") ? line.slice(1) : line;
    first = false;
  }
}

async function* logged({ path, pattern = "" }: QueryFile): AsyncGenerator<string> {
  const matching = firstGroups(expressionOf(pattern));
  let read = 0;
  const queries = (some: readonly string[]): string[] => {
    const matched = matching(some);
    if ("slow" in matched)
      throw new RowhaulError(
        "PIPELINE_INVALID",
        `The pattern for search queries takes more than a second for line ${read + matched.slow + 1} of ${path}: ${pattern}`,
        {
          details: [shorten(some[matched.slow] ?? "")],
          hint: "Write it so that each part of a line can match in one way only: (a+)+ is better a+.",
        },
      );
    read += some.length;
    return matched.groups.filter((query) => query !== undefined);
  };
  let some: string[] = [];
  for await (const line of lines(path)) {
    some.push(line);
    if (some.length < linesAtOnce) continue;
    yield* queries(some);
    some = [];
  }
  yield* queries(some);
}

function expressionOf(pattern: string): RegExp {
  try {
    const expression = new RegExp(pattern, "u");
    const groups = (new RegExp(`${pattern}|`, "u").exec("")?.length ?? 1) - 1;
    if (groups > 0) return expression;
  } catch (cause) {
    throw new RowhaulError("PIPELINE_INVALID", `The pattern for search queries is no regular expression: ${pattern}`, {
      cause,
    });
  }
  throw new RowhaulError("PIPELINE_INVALID", `The pattern for search queries has no group: ${pattern}`, {
    hint: 'Put parentheses around what is the query, as in "q=([^ ]+)".',
  });
}

async function* csvColumn({ path, column }: QueryFile): AsyncGenerator<string> {
  let at: number | null = null;
  for await (const record of csvRecords(createReadStream(path, { encoding: "utf8" }))) {
    if (at === null) {
      // Without a column's name, the first: a file of one column.
      at = column === undefined ? 0 : record.indexOf(column);
      if (at < 0)
        throw new RowhaulError("PIPELINE_INVALID", `${path} has no column ${column}.`, {
          hint: `Its first line names ${record.join(", ")}.`,
        });
      continue;
    }
    const query = record[at];
    if (query !== undefined) yield query;
  }
}
