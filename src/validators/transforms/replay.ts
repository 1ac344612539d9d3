/**
 * The proof of the transforms: the snapshot is read again by another reader, its rows go through the chains in other
 * pieces, and what comes out must be what the reshaped file holds, row for row as multisets. What steps do to a value is
 * proven by their tests; here it is proven that they did it to every row, and that they do the same twice.
 */
import type { ValidatorResult } from "../../core/finding.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { collectFindings, type Findings } from "../findings.ts";
import { openSource } from "../source-reader.ts";
import { amount } from "../wording.ts";
import { differingRows } from "./differing-rows.ts";
import { type Output, outputsOf } from "./outputs.ts";
import { replayChain } from "./pass.ts";
import { readTable } from "./read-table.ts";
import type { ReplayRequest } from "./request.ts";
import { addDigest, emptySum, rowDigest, type Sum, sameSum } from "./row-digest.ts";
import { compareUntouched } from "./untouched.ts";

export async function replay(request: ReplayRequest): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("transforms");
  const outputs = outputsOf(request.chains, request.reshapedCatalog);
  const sums = new Map([...outputs.keys()].map((name) => [name, emptySum()]));
  const sumOf = (output: Output): Sum => sums.get(foldName(output.table.name)) ?? emptySum();
  let rows = 0;
  for (const chain of request.chains) {
    const seen = await replayChain(request, chain, outputs, (output, digest) => addDigest(sumOf(output), digest));
    rows += seen.read;
    await compareCounts(request, chain.table, seen, findings);
    noteFunctions(chain.table, chain.steps, findings);
  }
  for (const output of outputs.values()) {
    const file = await fileSum(request, output);
    if (!sameSum(file, sumOf(output))) await explain(request, output, sumOf(output), findings);
  }
  rows += await compareUntouched(request, findings);
  const { differences } = findings;
  const tables = amount(outputs.size, "table");
  return {
    validator: "transforms",
    passed: differences === 0,
    checked: { rows, objects: outputs.size },
    findings: findings.kept,
    differences,
    summary:
      differences === 0
        ? `${amount(rows, "row")} transformed again: the same ${tables}`
        : `${amount(differences, "difference")} between the transformed rows and a replay`,
    seconds: (performance.now() - started) / 1000,
  };
}

async function compareCounts(
  { report }: ReplayRequest,
  table: string,
  seen: { readonly read: number; readonly refused: number },
  findings: Findings,
): Promise<void> {
  const first = report.tables.find((one) => sameName(one.table, table));
  const [read, refused] = [first?.read ?? 0, first?.quarantined ?? 0];
  if (read !== seen.read)
    await findings.difference(() => ({
      table,
      source: String(seen.read),
      target: String(read),
      message: "another number of rows was read",
    }));
  if (refused !== seen.refused)
    await findings.difference(() => ({
      table,
      source: String(seen.refused),
      target: String(refused),
      message: "not the same twice: the steps refuse another number of rows",
    }));
}

/** Nobody but the user knows what the function should give. */
function noteFunctions(table: string, steps: ReplayRequest["chains"][number]["steps"], findings: Findings): void {
  for (const { label, parity } of steps)
    if (/^function\b/.test(label) || /\byour function\b/.test(parity))
      findings.note({ table, message: `${label}: the values are as computed by your function` });
}

async function fileSum(request: ReplayRequest, output: Output): Promise<Sum> {
  const sum = emptySum();
  const places = output.columns.map((_, i) => i);
  const { encoding } = request.catalog;
  const db = openSource(request.reshaped);
  try {
    for (const piece of readTable(db, output.table, output.columns, [], false, encoding)) {
      for (const { values } of piece) addDigest(sum, rowDigest(values, places, encoding));
      request.signal.throwIfAborted();
    }
  } finally {
    db.close();
  }
  return sum;
}

/** A third pass: if it differs from the second, the steps are at fault, whatever the file holds. */
async function explain(request: ReplayRequest, output: Output, before: Sum, findings: Findings): Promise<void> {
  const again = emptySum();
  const rows = differingRows(request.reshaped, output, request.catalog.encoding);
  try {
    for (const position of output.writers) {
      const chain = request.chains[position];
      if (chain === undefined) continue;
      await replayChain(
        request,
        chain,
        new Map(outputsOf(request.chains, request.reshapedCatalog)),
        (to, digest, row, shape) => {
          if (!sameName(to.table.name, output.table.name)) return;
          addDigest(again, digest);
          rows.take(digest, row, shape);
        },
      );
    }
    const steady = sameSum(again, before);
    const { count, described } = rows.end(1000);
    for (let i = 0; i < Math.max(count, described.length, 1); i++)
      await findings.difference(() => {
        const one = described[i] ?? { table: output.table.name, message: "a row differs" };
        return steady ? one : { ...one, message: `not the same twice: ${one.message}` };
      });
  } finally {
    rows.close();
  }
}
