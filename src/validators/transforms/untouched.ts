/** Tables without a chain: as many rows as were selected, and where some were cut away, exactly those. */
import type { Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { Findings } from "../findings.ts";
import { quoteName } from "../quote.ts";
import { openSource, type Source } from "../source-reader.ts";
import { selectedBy } from "./pass.ts";
import { readTable } from "./read-table.ts";
import type { ReplayRequest } from "./request.ts";
import { addDigest, emptySum, rowDigest, type Sum, sameSum } from "./row-digest.ts";

/** Returns the number of rows examined. */
export async function compareUntouched(request: ReplayRequest, findings: Findings): Promise<number> {
  const { catalog, reshapedCatalog, chains, selection, wanted } = request;
  const [before, after] = [openSource(request.snapshot), openSource(request.reshaped)];
  let rows = 0;
  try {
    if (selection !== null) before.prepare("ATTACH ? AS rowhaul_rows").run(selection.path);
    for (const table of catalog.tables) {
      if (!wanted(table.name) || table.fullText !== undefined) continue;
      if (chains.some((chain) => sameName(chain.table, table.name))) continue;
      if (!reshapedCatalog.tables.some((one) => sameName(one.name, table.name))) continue;
      const condition = selectedBy(request, table.name);
      const [a, b] =
        condition === null
          ? [counted(before, table), counted(after, table)]
          : [summed(before, table, [condition], request), summed(after, table, [], request)];
      rows += a.rows;
      if (!sameSum(a, b))
        await findings.difference(() => ({
          table: table.name,
          source: `${a.rows} rows`,
          target: `${b.rows} rows`,
          message: "a table without transforms is not what it was",
        }));
      request.signal.throwIfAborted();
    }
  } finally {
    before.close();
    after.close();
  }
  return rows;
}

function counted(db: Source, table: Table): Sum {
  const sum = emptySum();
  sum.rows = Number(
    db
      .prepare(`SELECT count(*) FROM ${quoteName(table.relation ?? table.name)}`)
      .pluck()
      .get(),
  );
  return sum;
}

function summed(db: Source, table: Table, conditions: readonly string[], request: ReplayRequest): Sum {
  const columns = table.columns.map((column) => column.name);
  const places = columns.map((_, i) => i);
  const sum = emptySum();
  const { encoding } = request.catalog;
  for (const piece of readTable(db, table, columns, conditions, false, encoding))
    for (const { values } of piece) addDigest(sum, rowDigest(values, places, encoding));
  return sum;
}
