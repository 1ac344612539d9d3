/** A PostgreSQL schema as a source. Read-only throughout: the lock at cutover takes nothing but the lock. */
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Source } from "../../core/ports.ts";
import { parseTarget } from "../../postgres/url.ts";
import { isSnapshot } from "../../snapshot/catalog/kept-catalog.ts";
import { openSnapshot } from "../../snapshot/frozen.ts";
import { readSourceCatalog } from "./catalog.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { lockTables, notLockable } from "./lock.ts";
import { type Relations, readRelations } from "./relations.ts";
import { endSession, openSession, type Session, sourceError } from "./session.ts";
import { type Selected, takeSnapshot } from "./snapshot.ts";

/** `settings.tables`: which of the schema's tables are read. */
export function postgresSource(url: string, settings: Selected): Source {
  const address = parseTarget(url);
  const shown = `${address.shown} (schema ${settings.schema})`;
  let lockable: RowhaulError | null = null;
  const within = async <T>(doing: string, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await openSession(address, doing);
    try {
      return await work(session);
    } catch (thrown) {
      throw sourceError(thrown, doing);
    } finally {
      await endSession(session);
    }
  };
  const relations = (session: Session): Promise<Relations> => readRelations(session, settings.schema, settings.tables);
  const currentFingerprint = (): Promise<string> =>
    within("looking for changes in the source", async (session) => {
      const source = await readSourceCatalog(session, settings.schema, settings.tables);
      return fingerprintOf(session, settings.schema, source);
    });
  return {
    shown,
    file: null,
    check: () =>
      within("looking at the source", async (session) => {
        const { version, encoding, standby } = await facts(session);
        if (version < oldest)
          throw new RowhaulError("SOURCE_UNSUPPORTED", `PostgreSQL ${version} is not read; ${oldest} and later are.`);
        const { tables } = await relations(session);
        if (tables.length === 0)
          throw new RowhaulError("SOURCE_EMPTY", `${shown} holds no tables to move.`, {
            hint: await whereTablesAre(session),
          });
        lockable = notLockable(session, settings.schema, tables, standby);
        return encoding === "SQL_ASCII"
          ? ["The source's encoding is SQL_ASCII: its texts are read as UTF-8, and one that is not stops the snapshot."]
          : [];
      }),
    relations: () =>
      within("looking at the source", async (session) => {
        const { catalog } = await readSourceCatalog(session, settings.schema, settings.tables);
        return [...catalog.tables, ...catalog.views].map(({ name }) => name);
      }),
    bytes: () =>
      within("measuring the source", async (session) => {
        const { tables } = await relations(session);
        const { rows } = await session.query<{ bytes: string }>(
          `SELECT coalesce(sum(pg_table_size(p.relid)), 0)::text AS bytes FROM unnest($1::oid[]) t(oid),
             LATERAL (SELECT t.oid AS relid UNION SELECT relid FROM pg_partition_tree(t.oid::regclass)) p`,
          [tables.map(({ oid }) => oid)],
        );
        return Number(rows[0]?.bytes ?? 0);
      }),
    fingerprint: currentFingerprint,
    snapshot: (destination, progress, signal) => takeSnapshot(address, settings, destination, progress, signal),
    verify: isSnapshot,
    open: (snapshot) => openSnapshot(snapshot, shown, "written"),
    checkLockable() {
      if (lockable !== null) throw lockable;
    },
    async lock() {
      const tables = await within("locking the source's tables", async (session) => {
        const found = (await relations(session)).tables;
        const refused = notLockable(session, settings.schema, found, (await facts(session)).standby);
        if (refused !== null) throw refused;
        return found;
      });
      return lockTables(address, settings.schema, tables);
    },
    async checkUnchanged(snapshot, signal) {
      signal.throwIfAborted();
      if ((await currentFingerprint()) !== snapshot.fingerprint)
        throw new RowhaulError("SOURCE_CHANGED", `${shown} was written to since the snapshot of ${snapshot.takenAt}.`);
    },
  };
}

async function whereTablesAre(session: Session): Promise<string> {
  const { rows } = await session.query<{ schema: string }>(
    `SELECT DISTINCT n.nspname::text AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1 LIMIT 6`,
  );
  const [first] = rows;
  return first === undefined
    ? "Check the URL's database: it has no tables in any schema. The source is named first, the target second."
    : `Check schema and selection; there are tables in ${rows.map(({ schema }) => schema).join(", ")}. A source's schema is named by \`?schema=…\` in its URL.`;
}

/** Major version. */
const oldest = 12;

async function facts(session: Session): Promise<{ version: number; encoding: string; standby: boolean }> {
  const { rows } = await session.query<{ version: number; encoding: string; standby: boolean }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby",
  );
  return rows[0] ?? { version: 0, encoding: "", standby: false };
}
