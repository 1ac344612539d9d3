import { appendFileSync, writeFileSync } from "node:fs";
import pg from "pg";
import { RowhaulError } from "../../../src/core/errors.ts";
import { run } from "../../../src/index.ts";
import { workspace } from "../../cli/workspace.ts";
import { freshDatabase } from "../../support/database.ts";

const out = "/tmp/attack.txt";
writeFileSync(out, "");
export const say = (text: string): void =>
  appendFileSync(
    out,
    `${text
      .split("\n")
      .map((l) => l.slice(0, 400))
      .join("\n")}\n`,
  );

export async function attack(
  title: string,
  sql: string,
  yaml: string,
  queries: string[] = [],
  more: {
    files?: Record<string, string>;
    env?: Record<string, string>;
    target?: string;
    json?: string;
    pg?: string;
    acceptAll?: boolean;
    again?: boolean;
  } = {},
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  say(`\n##### ${title}`);
  try {
    if (sql !== "")
      try {
        space.sqlite(sql);
      } catch (e) {
        say("SETUP " + String(e));
        return;
      }
    for (const [name, text] of Object.entries(more.files ?? {})) space.write(name, text);
    Object.assign(process.env, more.env ?? {});
    let source = "source: { kind: sqlite, path: app.db }";
    if (more.json) {
      space.write("data.json", more.json);
      source = "source: { kind: json, path: data.json }";
    }
    if (more.pg) {
      await database.pool.query(`CREATE SCHEMA src; SET search_path = src; ${more.pg}; RESET search_path`);
      source = `source: { kind: postgres, url: "${database.url}", schema: src }`;
    }
    const target = more.target ?? `target: { kind: postgres, url: "${database.url}" }`;
    const path = space.write("pipeline.yaml", `name: app\n${source}\n${target}\n${yaml}\n`);
    const go = async () => {
      try {
        const result = await run(path, {
          acceptAll: more.acceptAll ?? false,
          onPlan: (plan) => {
            for (const h of plan.hazards)
              say(`  hazard ${h.code} ${h.at}: ${h.message} ${JSON.stringify(h.samples).slice(0, 200)}`);
            for (const l of plan.leftOut) say(`  leftOut ${l.object}: ${l.reason}`);
            for (const l of plan.notes) say(`  note ${l.code} ${l.at}: ${l.message}`);
            for (const t of plan.tables)
              say(
                `  table ${t.target}: ${t.columns.map((c) => `${c.target} ${c.pgType}`).join(", ")} | ${t.finish.map((f) => `${f.kind} ${f.name}`).join("; ")}`,
              );
          },
          onEvent: (e) => {
            if (e.type === "notice" || e.type === "finding") say(`  ${e.type} ${JSON.stringify(e).slice(0, 300)}`);
          },
        });
        say(`  => ${result.outcome}`);
      } catch (thrown) {
        if (thrown instanceof RowhaulError)
          say(
            `  => ${thrown.code} exit ${thrown.exit}: ${thrown.message}\n     ${JSON.stringify(thrown.place)} ${thrown.details.join("\n     ")}\n     try: ${thrown.hint}\n     ${thrown.paste.join("\n     ")}`,
          );
        else say(`  => DEFECT ${String((thrown as Error)?.stack ?? thrown).slice(0, 900)}`);
      }
    };
    await go();
    if (more.again) {
      say("  -- again");
      await go();
    }
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    for (const query of queries) {
      try {
        const { rows } = await client.query({ text: query, rowMode: "array" });
        say(`  ${query} -> ${JSON.stringify(rows).slice(0, 700)}`);
      } catch (thrown) {
        say(`  ${query} -> ! ${(thrown as Error).message}`);
      }
    }
    await client.end();
  } finally {
    await database.drop();
  }
}
