/** What is known of single rows before queries are asked: why an answer with or without them may differ. */
import { plural } from "../../../../core/messages/count.ts";
import { foldName } from "../../../../core/schema/names.ts";
import type { TokenReport } from "../../../../core/search-report.ts";
import type { Findings } from "../../../findings.ts";
import { quoteName } from "../../../quote.ts";
import type { Source } from "../../../source-reader.ts";
import type { Target } from "../../target-reader.ts";
import type { ValidatorInput } from "../../validator.ts";
import type { SearchIndex } from "../input.ts";
import { compareStored, countUnindexed, tokenizersAgree } from "./stored.ts";
import { indexedColumns } from "./token-streams.ts";
import { compareTokens, differingWords } from "./tokens.ts";

export type KnownRows = {
  readonly stale: ReadonlySet<string>;
  readonly different: ReadonlySet<string>;
  /** Changed or held back on purpose: in the ledger or in quarantine. */
  readonly accounted: ReadonlySet<string>;
  readonly report: TokenReport | null;
};

/** Rows whose words are shown. */
const shown = 20;

export async function examineRows(
  source: Source,
  target: Target,
  index: SearchIndex,
  input: ValidatorInput,
  findings: Findings,
): Promise<KnownRows> {
  const accounted = await accountedRows(target, index, input);
  if (index.search.mode === "native") return { stale: new Set(), different: new Set(), accounted, report: null };
  const { fullText, table } = index;
  const [row] = await target.query(`SELECT count(*) FROM ${index.relation}`);
  const rows = Number(row?.[0] ?? 0);
  const stale = new Set<string>();
  const different = new Set<string>();
  let tokens = 0;
  let counted = 0;

  if (fullText.module === "fts5") {
    const compared = await compareTokens(source, target, index, input.signal);
    tokens = compared.tokens;
    const unexplained = compared.rows.filter((id) => !accounted.has(id));
    // A copied index must be the source's; one made anew from the texts may be ahead of it.
    const agree =
      fullText.build === "copy"
        ? new Map<string, boolean>()
        : await tokenizersAgree(source, target, index, unexplained);
    for (const id of unexplained) (agree.get(id) === true ? stale : different).add(id);
    counted += Math.max(0, compared.differing - compared.rows.length);
    const samples = [...different].slice(0, shown);
    const words = samples.length === 0 ? null : await differingWords(source, target, index, input.signal, samples);
    for (const id of different)
      await findings.difference(() => ({
        table: table.source,
        key: `rowid=${id}`,
        source: wordList(words?.get(id)?.source),
        target: wordList(words?.get(id)?.target),
        message: "The row's indexed words or their places differ.",
      }));
  }
  if (fullText.build === "copy" || fullText.module !== "fts5") {
    const stored = await compareStored(target, index);
    const unexplained = stored.rows.filter((id) => !accounted.has(id) && !different.has(id));
    const agree = await tokenizersAgree(source, target, index, unexplained);
    counted += Math.max(0, stored.differing - stored.rows.length);
    // The words of others were made from the same texts in the first place.
    if (stored.large > 0 && fullText.module === "fts5")
      findings.note({
        table: table.source,
        message: `PostgreSQL was not asked what words it would make of the texts of ${plural(stored.large, "row")}, which ${stored.large === 1 ? "is" : "are"} longer than 2 MB; the words that are stored were compared.`,
      });
    for (const id of unexplained) {
      if (agree.get(id) === true) stale.add(id);
      else {
        different.add(id);
        await findings.difference(() => ({
          table: table.source,
          key: `rowid=${id}`,
          message: "PostgreSQL would make other words of the row's text than those that are stored.",
        }));
      }
    }
  }
  await noteStale(target, index, stale, findings);
  if (counted > 0) {
    await findings.difference(() => ({
      table: table.source,
      message: `${plural(counted, "further row")} with other words.`,
    }));
  }
  return {
    stale,
    different,
    accounted,
    report: { rows, tokens, different: different.size + counted, stale: stale.size },
  };
}

async function noteStale(
  target: Target,
  index: SearchIndex,
  stale: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const { table, fullText } = index;
  if (stale.size > 0) {
    const samples = [...stale].slice(0, 5).join(", ");
    const what =
      fullText.build === "copy"
        ? "The index arrived as it was"
        : "PostgreSQL's index is made from the texts and is ahead of the source's";
    findings.note({
      table: table.source,
      message: `Stale index: in the source, the index of ${plural(stale.size, "row")} has not followed its texts (rowid ${samples}${stale.size > 5 ? " …" : ""}), so the application got outdated answers there. ${what}.`,
    });
  }
  const unindexed = await countUnindexed(target, index);
  if (unindexed > 0) {
    findings.note({
      table: table.source,
      message: `Stale index: ${plural(unindexed, "row")} of the content table ${unindexed === 1 ? "is" : "are"} not in the index.`,
    });
  }
}

/** A cell that is not indexed says nothing about the row's words. */
async function accountedRows(target: Target, index: SearchIndex, { state, run }: ValidatorInput) {
  const entries = (table: string) =>
    `SELECT key FROM ${quoteName(state)}.${table} WHERE run_id = $1 AND table_name = ANY($2::text[])`;
  const rows = await target.query(
    `${entries("ledger")} AND lower(column_name COLLATE "C") = ANY($3::text[]) UNION ${entries("quarantine")}`,
    [run, index.accounted, indexedColumns(index).map(({ source }) => foldName(source))],
  );
  return new Set(rows.flatMap(([key]) => /=(-?\d+)$/.exec(key ?? "")?.[1] ?? []));
}

function wordList(words: readonly string[] | undefined): string | null {
  if (words === undefined) return null;
  const list = words.slice(0, 5).join("; ");
  return words.length > 5 ? `${list}; … (${words.length})` : list;
}
