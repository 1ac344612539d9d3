/**
 * What a run has found out and decided. Validated as deep as later steps rely on it unchecked: names, statements and
 * lists. A column's encoding or a sample is not: its shape is defined by the types of core/, which would have to be
 * repeated here. A truncated file is never valid JSON, so that is always noticed. Checking the plan of 1,000 tables
 * with 40 columns each (16 MB) takes less time than parsing it.
 */
import { z } from "zod";
import type { Plan } from "../../core/plan/plan.ts";
import type { Profile } from "../../core/plan/profile.ts";
import type { TransformReport } from "../../core/plan/transform.ts";
import type { Report } from "../../core/report.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { fromCopy } from "./damaged.ts";
import type { Format } from "./format.ts";

const startOver = (): string => fromCopy("Without one, start over: `rowhaul run <pipeline> --fresh`.");
const list = z.array(z.unknown());
const named = z.array(z.looseObject({ name: z.string() }));

export const catalogFormat: Format<Catalog> = {
  schema: z.looseObject({
    encoding: z.enum(["UTF-8", "UTF-16le", "UTF-16be"]),
    tables: z.array(z.looseObject({ name: z.string(), columns: named })),
    views: named,
    triggers: named,
    virtualTables: named,
    internal: z.array(z.string()),
  }),
  upgrades: [],
  remedy: startOver,
};

export const profileFormat: Format<Profile> = {
  schema: z.looseObject({
    tables: z.record(
      z.string(),
      z.looseObject({ rows: z.number(), columns: z.record(z.string(), z.looseObject({})), boundaries: list }),
    ),
  }),
  upgrades: [],
  remedy: startOver,
};

/** The version is part of the plan itself, and printed with it. */
export const planFormat: Format<Omit<Plan, "version">> = {
  schema: z.looseObject({
    name: z.string(),
    target: z.looseObject({ schema: z.string(), staging: z.string(), aside: z.string().nullable() }),
    tables: z.array(
      z.looseObject({
        source: z.string(),
        target: z.string(),
        rows: z.number(),
        where: z.string().nullable(),
        columns: z.array(z.looseObject({ source: z.string(), target: z.string(), rules: list })),
        key: z.looseObject({ kind: z.enum(["integer", "other", "none"]), columns: z.array(z.string()) }),
        create: z.string(),
        finish: z.array(
          z.looseObject({ id: z.string(), sql: z.string(), stage: z.enum(["fill", "keys", "references"]) }),
        ),
      }),
    ),
    views: z.array(z.looseObject({ source: z.string(), target: z.string(), sql: z.string() })),
    units: z.array(
      z.looseObject({
        id: z.string(),
        parts: z.array(
          z.looseObject({
            table: z.string(),
            from: z.string().nullable(),
            to: z.string().nullable(),
            rows: z.number(),
          }),
        ),
      }),
    ),
    hazards: z.array(z.looseObject({ code: z.string(), at: z.string(), policy: z.string().nullable() })),
    notes: list,
    appNotes: z.array(z.string()),
    leftOut: list,
    estimate: z.looseObject({ rows: z.number(), bytes: z.number() }),
  }),
  upgrades: [],
  remedy: startOver,
};

export const transformsFormat: Format<TransformReport> = {
  schema: z.looseObject({
    tables: z.array(z.looseObject({ table: z.string(), read: z.number() })),
    leftOut: list,
    quarantine: z.array(z.looseObject({ table: z.string(), key: z.string(), rule: z.string() })),
  }),
  upgrades: [],
  remedy: startOver,
};

export const reportFormat: Format<Report> = {
  schema: z.looseObject({
    run: z.string(),
    pipeline: z.string(),
    stage: z.string(),
    startedAt: z.string(),
    source: z.string(),
    target: z.string(),
    tables: z.array(z.looseObject({ source: z.string(), target: z.string(), rows: z.number(), columns: list })),
    views: z.array(z.string()),
    hazards: list,
    notes: list,
    leftOut: list,
    appNotes: z.array(z.string()),
    validation: z.array(z.looseObject({ validator: z.string(), passed: z.boolean(), findings: list })),
    ledger: list,
    quarantine: list,
    changed: z.number(),
    quarantined: z.number(),
  }),
  upgrades: [],
  remedy: () => fromCopy("Without one, `rowhaul validate <pipeline>` writes it anew."),
};
