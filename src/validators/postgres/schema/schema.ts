/**
 * Schema completeness: each object of the source is in the target, or its loss
 * was accepted, or the plan leaves it out; anything else is a difference.
 * Lost uniqueness and referential integrity show up later as bad data, which is
 * why they count as much as a lost row.
 */
import type { ValidatorResult } from "../../../core/finding.ts";
import { collectFindings, type Findings } from "../../findings.ts";
import { openSource, type Source } from "../../source-reader.ts";
import { amount } from "../../wording.ts";
import { type Target, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { checkColumns } from "./columns.ts";
import { type Expectations, expectations } from "./expectations.ts";
import { checkFinishSteps } from "./finish-steps.ts";
import { readIdentities } from "./identities.ts";
import { checkKeys } from "./keys.ts";
import { checkReferences } from "./references.ts";
import { targetObjects } from "./target-objects.ts";
import { checkViews } from "./views.ts";

export async function schema(input: ValidatorInput): Promise<ValidatorResult> {
  const started = performance.now();
  const findings = collectFindings("schema");
  const expected = expectations(input.plan, findings);
  const source = openSource(input.snapshot);
  try {
    await withTarget(input, (target) => check(input, { source, target, expected, findings }));
  } finally {
    source.close();
  }
  const notes = findings.kept.filter((finding) => finding.level === "note").length;
  const lost = notes > 0 ? ` (${amount(notes, "accepted loss", "accepted losses")})` : "";
  return {
    validator: "schema",
    passed: findings.differences === 0,
    checked: { objects: expected.checked },
    findings: findings.kept,
    differences: findings.differences,
    summary:
      findings.differences === 0
        ? `${amount(expected.checked, "property", "properties")} of tables, keys, indexes and views: all as in the source${lost}`
        : `${amount(findings.differences, "difference")} in the schema${lost}`,
    seconds: (performance.now() - started) / 1000,
  };
}

type Parts = { source: Source; target: Target; expected: Expectations; findings: Findings };

async function check(input: ValidatorInput, { source, target, expected, findings }: Parts): Promise<void> {
  const { plan, catalog } = input;
  const objects = await targetObjects(target, input.schema);
  // What the application made is its own; whether the rows fit was asked when they went in.
  const made = plan.tables.filter((table) => table.into === undefined && !input.live?.into.has(table.target));
  const identities = await readIdentities(target, input.schema, made, objects);
  const declarations = new Map(catalog.tables.map((table) => [table.name, table]));
  for (const table of made) {
    input.signal.throwIfAborted();
    const actual = objects.tables.get(table.target);
    const declared = declarations.get(table.source);
    await expected.expect({
      table: table.source,
      what: `The table ${table.target}`,
      holds: actual !== undefined,
    });
    // What the application made is the application's: its columns' types are what parity compares by.
    if (!actual || !declared || table.into !== undefined) continue;
    const checked = {
      plan,
      catalog,
      table,
      declared,
      actual,
      objects,
      identities,
      source,
      target,
      schema: input.schema,
    };
    for (const look of [checkColumns, checkKeys, checkReferences, checkFinishSteps]) {
      await look({ ...checked, expectations: expected });
    }
  }
  await checkCarried(input, expected);
  await checkViews({ input, source, target, objects, expectations: expected, findings });
}

/** Objects of the source that nothing in the target stands for. */
async function checkCarried({ plan, catalog }: ValidatorInput, expected: Expectations): Promise<void> {
  const carried = new Set(plan.tables.map((table) => table.source));
  const gone = [
    ...catalog.tables
      // Full-text tables are among the virtual ones.
      .filter((table) => !carried.has(table.name) && table.fullText === undefined)
      .map(({ name }) => ({ kind: "table", name, codes: [] as const })),
    ...catalog.triggers
      .filter(
        ({ name }) => !plan.notes.some(({ code, at }) => at === name && /^TRIGGER_(REPLACED|TRANSLATED)$/.test(code)),
      )
      .map(({ name }) => ({ kind: "trigger", name, codes: ["TRIGGER_LOST"] as const })),
    ...catalog.virtualTables
      .filter(({ name }) => !carried.has(name))
      .map(({ name }) => ({ kind: "virtual table", name, codes: ["VIRTUAL_TABLE_LOST"] as const })),
  ];
  for (const { kind, name, codes } of gone) {
    await expected.expect({
      table: name,
      what: `The ${kind} ${name}`,
      holds: expected.isLeftOut(kind, name),
      codes,
      places: [name],
    });
  }
}
