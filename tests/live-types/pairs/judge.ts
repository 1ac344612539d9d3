/** Holds what arrived, and what was asked, against what must be. Says what is wrong, a line for each. */
import type pg from "pg";
import type { Hazard } from "../../../src/index.ts";
import { type Answer, isInterpreted, isNarrowed, repaired } from "./answers.ts";
import { described, type PairColumn } from "./batch.ts";
import { isSame, naturalText } from "./same.ts";
import { assigned } from "./server.ts";
import { shown } from "./stored.ts";
import type { Verdict } from "./verdict.ts";

export type Treated = { readonly rule: string; readonly after: string | null };

export type Ended = {
  readonly column: PairColumn;
  readonly verdict: Verdict;
  /** Of the first plan, and of all later ones, at this column. */
  readonly first: readonly Hazard[];
  readonly hazards: readonly Hazard[];
  readonly answers: readonly Answer[];
  /** By id; undefined where the row is not there. */
  readonly live: ReadonlyMap<number, { readonly written: string; readonly cast: string } | null>;
  readonly ledger: ReadonlyMap<number, Treated>;
  readonly quarantined: ReadonlyMap<number, string>;
};

/** Without an answer: what is exact must not be asked about, and what is not must. */
export function wronglyAsked({ column, verdict, first }: Ended): string[] {
  const exact = verdict.exact.every(Boolean) && verdict.uniform;
  if (exact && first.length > 0)
    return [
      `refused though exact: ${described(column)}: ${first.map(({ code, message }) => `${code} ${message}`).join("; ")}`,
    ];
  return first.flatMap(({ code, samples }) => {
    const named = samples.some(({ key, value }) => {
      const cell = column.cells[Number(/^id=(\d+)$/.exec(key)?.[1] ?? 0) - 1];
      return cell !== undefined && value.startsWith(cell.value.storage);
    });
    return named ? [] : [`${code} names no row and value: ${described(column)}: ${JSON.stringify(samples)}`];
  });
}

export async function wronglyArrived(client: pg.PoolClient, ended: Ended): Promise<string[]> {
  const wrong: string[] = [];
  for (const [i] of ended.column.cells.entries()) {
    const why = await wrongCell(client, ended, i);
    if (why !== null)
      wrong.push(
        `${why}: ${described(ended.column)}, row ${i + 1}; answers ${JSON.stringify(ended.answers)}; became ${JSON.stringify(ended.live.get(i + 1))}; ledger ${JSON.stringify(ended.ledger.get(i + 1))}`,
      );
  }
  if (ended.hazards.length === 0 && !ended.verdict.uniform)
    wrong.push(`several layouts, and nothing was asked: ${described(ended.column)}`);
  return wrong;
}

async function wrongCell(client: pg.PoolClient, ended: Ended, i: number): Promise<string | null> {
  const { column, verdict, live, ledger, quarantined, answers } = ended;
  const { type } = column;
  const cell = column.cells[i];
  if (cell === undefined) return null;
  const policies = new Set(answers.flatMap((answer) => ("policy" in answer ? [answer.policy] : [])));
  const as = Object.assign({}, ...answers.map((answer) => ("as" in answer ? answer.as : {}))) as Record<string, string>;
  const found = live.get(i + 1);
  if (found === undefined) {
    if (!quarantined.has(i + 1)) return "lost";
    return policies.has("quarantine")
      ? isAsIs(ended, i)
        ? "in quarantine though exact"
        : null
      : "in quarantine unasked";
  }
  const entry = ledger.get(i + 1);
  if (found === null) {
    if (entry === undefined || entry.after !== null || !policies.has("null")) return "NULL unasked";
    return isAsIs(ended, i) ? "NULL though exact" : null;
  }
  if (entry === undefined) {
    if (isSame(type, cell, found.written)) return null;
    return isInterpreted(type, cell, as, found.written) ? null : "another value";
  }
  const policy = entry.rule.replace(/^.*:/, "");
  if (entry.after === null) return "the ledger says NULL";
  if ((await assigned(client, type.name, [entry.after]))[0] !== found.written) return "the ledger says another value";
  if (policy === "utc" || policy === "wall")
    return isInterpreted(type, cell, as, found.written) ? null : "another value";
  if (!policies.has(policy)) return `a policy that nobody chose (${policy})`;
  if (isAsIs(ended, i)) return "changed though exact";
  const { written } = found;
  if (policy === "round" || policy === "truncate") {
    if (as.epoch !== undefined && "value" in cell.value) return null;
    return isNarrowed(type, cell, policy, written) ? null : `not what ${policy} makes`;
  }
  if (policy === "respell") {
    const zoned = as.zone !== undefined && isInterpreted(type, cell, as, written);
    return zoned || written === verdict.made[i] ? null : `not what the server makes of ${naturalText(type, cell)}`;
  }
  const text = repaired(policy, cell);
  return text !== null && (await assigned(client, type.name, [text]))[0] === written
    ? null
    : `not what ${policy} makes of ${shown(cell.value)}`;
}

/** Goes in as it is, and written as most of its column are. */
function isAsIs({ verdict }: Ended, i: number): boolean {
  return verdict.exact[i] === true && verdict.uniform;
}
