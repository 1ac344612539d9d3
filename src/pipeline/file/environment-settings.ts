/**
 * Environments of a pipeline file: how careful a run is. The three usual ones
 * have defaults of their own; any other is treated as production unless it says
 * what it is like, so that a forgotten setting is a question too many and never
 * one too few.
 */
import { z } from "zod";
import { parseDuration } from "../../operations/duration.ts";
import { webhookMistake } from "../../operations/notify/webhook-address.ts";
import { backupOf, kindOf } from "./environment-kinds.ts";

const duration = z
  .string()
  // Kept as text, so that the schema can also be written for editors.
  .refine((text) => (parseDuration(text) ?? 0) > 0, "no duration; write 90s, 5m or 1h 30m")
  .describe("a duration: 90s, 5m, 1h 30m");

const query = z.strictObject({
  name: z.string().min(1).describe("names the query in the report"),
  source: z.string().min(1).describe("the query, in SQLite's SQL; it runs on the snapshot"),
  target: z.string().min(1).optional().describe("the same in the target's SQL (default: translated)"),
});

const performance = z
  .strictObject({
    queries: z.array(query).min(1),
    factor: z.number().positive().default(2).describe("how many times as long a query may take in the target"),
    limit: duration.optional().describe("how long a query may take in the target, whatever it took before"),
    runs: z.number().int().min(1).max(100).default(5).describe("runs of each query; the median counts"),
  })
  .describe("queries that must not become slower");

const notification = z
  .union([
    z.strictObject({
      command: z.string().min(1).describe("a command that is given the message as JSON on standard input"),
      on: z.enum(["always", "success", "failure"]).default("always"),
    }),
    z
      .strictObject({
        webhook: z.string().min(1).describe("an address that is sent the message as JSON"),
        host: z.string().min(1).optional().describe("the webhook's host; must be said unless it is this machine"),
        on: z.enum(["always", "success", "failure"]).default("always"),
      })
      .superRefine((entry, context) => {
        const mistake = webhookMistake(entry.webhook, entry.host ?? null);
        if (mistake !== null) context.addIssue({ code: "custom", path: ["webhook"], message: mistake });
      }),
  ])
  .describe("who is told how a run ended");

const text = z.string().min(1);

export const environmentSchema = z
  .strictObject({
    like: z
      .enum(["development", "staging", "production"])
      .optional()
      .describe("whose defaults it has (default: its own name's, else production's)"),
    backup: z
      .enum(["skip", "require", "make"])
      .optional()
      .describe("`require`: a recent backup that can be restored must be there; `make`: one is made first"),
    backups: z
      .strictObject({
        folder: text.optional().describe("folder with backups, and where `make` puts them"),
        files: z
          .union([text, z.array(text).min(1)])
          .optional()
          .describe("backup files instead; * stands for anything in a file's name"),
        maxAge: duration.optional().describe("the oldest that counts as recent (default: 24h)"),
      })
      .refine(({ folder, files }) => (folder === undefined) !== (files === undefined), "give either folder or files")
      .optional()
      .describe("where backups of the source are"),
    validateOnly: z.boolean().optional().describe("load and validate, but never cut over"),
    seed: text.optional().describe("a .sql file or an export folder that is put into the target after the cutover"),
    performance: performance.optional(),
    confirm: z
      .enum(["none", "ask", "name"])
      .optional()
      .describe("`ask`: yes or no; `name`: the target database's name must be typed"),
    maxDowntime: duration.optional().describe("longest time from the snapshot to the end of the cutover"),
    rollbackOnFailure: z.boolean().optional().describe("a cutover that fails is undone (default: true)"),
    notify: z.array(notification).optional(),
  })
  .describe("settings of one environment");

export const environmentsSchema = z
  .record(z.string().min(1), environmentSchema)
  .superRefine((environments, context) => {
    for (const [name, file] of Object.entries(environments)) {
      if (file.seed !== undefined && kindOf(name, file) === "production")
        context.addIssue({ code: "custom", path: [name, "seed"], message: "production takes no seed data" });
      if (backupOf(name, file) === "make" && file.backups?.files !== undefined)
        context.addIssue({ code: "custom", path: [name, "backups", "files"], message: "`make` needs a folder" });
    }
  })
  .describe("development, staging, production: how careful a run is; without --env it is production");

export type EnvironmentFile = z.output<typeof environmentSchema>;
