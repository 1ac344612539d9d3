/** The golden set: queries with the answer that FTS5 gave, a line each. */
import { readFileSync } from "node:fs";
import { sharedData } from "../../support/shared-data.ts";

export type Case = {
  /** Of the file, so that a failure can be found there. */
  readonly line: number;
  readonly tokenize: string;
  readonly columns: readonly string[];
  /** A text for each column. */
  readonly document: readonly string[];
  readonly query: string;
  /** `yes`: the document matches; `no`; or `error: ` and FTS5's own text. */
  readonly answer: string;
};

/** Cases that one table can serve: each document is a row, once. */
export type Group = {
  readonly table: string;
  readonly tokenize: string;
  readonly columns: readonly string[];
  readonly documents: readonly (readonly string[])[];
  readonly cases: readonly (Case & { readonly rowid: number })[];
};

/** Null where the shared data is absent. */
export function goldenGroups(): Group[] | null {
  const path = sharedData("search/golden.tsv");
  if (path === null) return null;
  const found = readFileSync(path, "utf8").split("\n").slice(1).flatMap(readCase);
  const byTable = new Map<string, Case[]>();
  for (const one of found) {
    const key = JSON.stringify([one.tokenize, one.columns]);
    byTable.set(key, [...(byTable.get(key) ?? []), one]);
  }
  return [...byTable.values()].map(groupOf);
}

function readCase(text: string, i: number): Case[] {
  if (text === "") return [];
  const [tokenize = "", columns = "", document = "", query = "", answer = ""] = text.split("\t");
  return [
    {
      line: i + 2,
      tokenize,
      columns: JSON.parse(columns) as string[],
      document: JSON.parse(document) as string[],
      query: JSON.parse(query) as string,
      answer,
    },
  ];
}

function groupOf(cases: readonly Case[], i: number): Group {
  const rowids = new Map<string, number>();
  const documents: (readonly string[])[] = [];
  const placed = cases.map((one) => {
    const key = JSON.stringify(one.document);
    const rowid = rowids.get(key) ?? documents.push(one.document);
    rowids.set(key, rowid);
    return { ...one, rowid };
  });
  const [{ tokenize, columns } = { tokenize: "", columns: [] }] = cases;
  return { table: `golden_${i}`, tokenize, columns, documents, cases: placed };
}
