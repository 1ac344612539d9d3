/**
 * The snapshot of a PostgreSQL schema: one repeatable-read state, copied table by table into a SQLite file, while a
 * second connection that shares the state digests the same rows for the proof.
 */

import { cleaningUp } from "../../core/messages/clean-up.ts";
import type { SnapshotInfo } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import { sameName } from "../../core/schema/names.ts";
import type { RootSelection } from "../../core/settings.ts";
import type { TargetAddress } from "../../postgres/url.ts";
import { type SnapshotWriter, writeSnapshot } from "../../snapshot/write/writer.ts";
import { type ReadTable, readSourceCatalog, type SourceCatalog } from "./catalog.ts";
import { rootConditions } from "./closure.ts";
import { copyTable } from "./copy-table.ts";
import { type Digest, sourceDigest } from "./digest.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { compareDigests } from "./proof.ts";
import { type Conditions, relationOf } from "./row-source.ts";
import { endSession, openSession, type Session, sourceError } from "./session.ts";

export type Selected = {
  readonly schema: string;
  readonly tables: (name: string) => boolean;
  /** Conditions by table, SQL of the source. */
  readonly where: Readonly<Record<string, string>>;
  readonly root: RootSelection | null;
};

const doing = "taking the snapshot of the source";

export async function takeSnapshot(
  address: TargetAddress,
  selected: Selected,
  destination: string,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<SnapshotInfo> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const session = await openSession(address, doing, { signal: both });
  let beside: Session | null = null;
  const writer = writeSnapshot(destination);
  return cleaningUp(
    async () => {
      try {
        const takenAt = new Date().toISOString();
        const source = await readSourceCatalog(session, selected.schema, selected.tables);
        const conditions = await conditionsOf(session, selected, source);
        const started = performance.now();
        beside = await shareState(address, session, both);
        const digest = (by: Session) => digestAll(by, selected.schema, source.tables, conditions, both);
        const early = beside === null ? null : digest(beside);
        // The error is handled below; this only keeps it from being an unhandled rejection.
        early?.catch(() => {});
        await copyAll(session, selected.schema, source, conditions, writer, progress, both);
        const fingerprint = await fingerprintOf(session, selected.schema, source);
        const expected = await (early ?? digest(session));
        const written = await writer.finish(source.catalog);
        const proof = compareDigests(written.path, source.tables, expected, started, signal);
        return { ...written, fingerprint, takenAt, proof };
      } catch (thrown) {
        stop.abort();
        if (signal.aborted) throw signal.reason;
        throw sourceError(thrown, doing);
      }
    },
    writer.abandon,
    () => endSession(session),
    () => (beside === null ? undefined : endSession(beside)),
  );
}

async function conditionsOf(session: Session, selected: Selected, { tables }: SourceCatalog): Promise<Conditions> {
  const { schema, root } = selected;
  // What the user wrote names tables as in the application; rowhaul's own SQL names the schema.
  if (root !== null || Object.keys(selected.where).length > 0)
    await session.query(`SET LOCAL search_path = ${quoteName(schema)}`);
  for (const { relation, table } of tables) {
    const own = [
      ...Object.entries(selected.where).filter(([name]) => sameName(name, table.name)),
      ...(root !== null && sameName(root.table, table.name) ? [[root.table, root.where]] : []),
    ];
    for (const [, condition] of own) await checkCondition(session, relationOf(schema, { relation }), condition ?? "");
  }
  const reached = root === null ? null : await rootConditions(session, schema, tables, root);
  return new Map(
    tables.map(({ table: { name } }) => {
      const own = Object.entries(selected.where).find(([table]) => sameName(table, name))?.[1];
      const all = [own, reached?.get(name)].filter((one) => one !== undefined);
      return [name, all.length === 0 ? null : all.map((one) => `(${one}\n)`).join(" AND ")];
    }),
  );
}

/**
 * A condition must be one: a text that closes the brackets around it would end the statement and begin another, which
 * a query with a parameter does not take.
 */
async function checkCondition(session: Session, relation: string, condition: string): Promise<void> {
  await session.query(`SELECT FROM ${relation} WHERE (${condition}\n) LIMIT $1`, [0]);
}

async function copyAll(
  session: Session,
  schema: string,
  { tables }: SourceCatalog,
  conditions: Conditions,
  writer: SnapshotWriter,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const estimate = tables.reduce((sum, { relation }) => sum + Number(relation.rows), 0);
  const [encoding] = (await session.query<{ name: string }>("SELECT current_setting('server_encoding') AS name")).rows;
  let done = 0;
  const hooks = {
    progress(rows: number) {
      done += rows;
      progress(done, Math.max(done, estimate));
    },
    signal,
  };
  for (const read of tables)
    await copyTable(session, schema, read, conditions, writer, encoding?.name === "SQL_ASCII", hooks);
  progress(done, done);
}

/** Null where the state cannot be shared, as behind a pooler: the same connection digests afterwards. */
async function shareState(address: TargetAddress, session: Session, signal: AbortSignal): Promise<Session | null> {
  const sql = "SELECT pg_export_snapshot() AS id, current_setting('search_path') AS path";
  let beside: Session | null = null;
  try {
    const [row] = (await session.query<{ id: string; path: string }>(sql)).rows;
    beside = await openSession(address, doing, { snapshot: row?.id, signal });
    await beside.query("SELECT set_config('search_path', $1, true)", [row?.path ?? ""]);
    return beside;
  } catch {
    if (beside !== null) await endSession(beside);
    signal.throwIfAborted();
    return null;
  }
}

async function digestAll(
  session: Session,
  schema: string,
  tables: readonly ReadTable[],
  conditions: Conditions,
  signal: AbortSignal,
): Promise<Map<string, Digest>> {
  const digests = new Map<string, Digest>();
  for (const read of tables) {
    signal.throwIfAborted();
    digests.set(read.table.name, await sourceDigest(session, schema, read, conditions));
  }
  return digests;
}
