/**
 * Ports: what the phases need of a source, a target and the application's files.
 * The connectors provide them, pipeline/ puts them together; the phases know
 * nothing else of either store.
 */

import type { Emit } from "./events.ts";
import type { ValidatorName, ValidatorResult } from "./finding.ts";
import type { LedgerEntry, QuarantinedRow } from "./plan/ledger.ts";
import type { LiveCounts, LivePlace, OpenSwitch, Proven } from "./plan/live.ts";
import type { FitAnswers, FitEdge, FitRequest, TableFit } from "./plan/live-fit.ts";
import type { IndexDefinition, Note, Plan, TablePlan } from "./plan/plan.ts";
import type { Profile, Sample } from "./plan/profile.ts";
import type { TargetFacts } from "./plan/target-facts.ts";
import type { TransformReport } from "./plan/transform.ts";
import type { UnitPart } from "./plan/unit.ts";
import type { Catalog, Table } from "./schema/catalog.ts";
import type { DeclaredKind } from "./schema/declared-type.ts";
import type { FileFit, FileRequest, FileSchema } from "./schema/file-schema.ts";
import type { TokenPositions } from "./schema/full-text.ts";
import type { LiveSchema, LiveTable } from "./schema/live-schema.ts";
import type { Selection } from "./selection.ts";
import type { RunRow, Session } from "./session.ts";
import type { StoredReading } from "./values/stored-rows.ts";
import type { Row } from "./values/wire.ts";

export type SnapshotInfo = {
  readonly path: string;
  readonly sha256: string;
  /** Of the source, as it was when the snapshot's state was pinned. */
  readonly fingerprint: string;
  readonly takenAt: string;
  readonly bytes: number;
  /** Result of reading the source a second time, by another path; absent where the snapshot is a copy page by page. */
  readonly proof?: ValidatorResult;
};

export type SourceLock = { release(): Promise<void> };

/** A live source. Nothing here writes to it; `lock` keeps others from doing so for a moment. */
export type Source = {
  /** For messages. */
  readonly shown: string;
  /** Path of the SQLite file that it is, which can be queried as it is; null for other stores. */
  readonly file: string | null;
  /** Is the file there, readable and whole? Throws SOURCE_*; returns warnings. */
  check(): Promise<string[]>;
  /** Names of its tables and views, as far as they are known before its rows are read; null = they are not. */
  relations(): Promise<readonly string[] | null>;
  /** Of the store, or an estimate of them. */
  bytes(): Promise<number>;
  fingerprint(): Promise<string>;
  snapshot(
    destination: string,
    progress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<SnapshotInfo>;
  /** SHA-256 of a snapshot file, to see that it is still the one that was taken. */
  verify(snapshot: SnapshotInfo): Promise<boolean>;
  open(snapshot: string): FrozenSource;
  /** Throws SOURCE_NOT_LOCKABLE when {@link lock} could not keep writers out. */
  checkLockable(): void;
  /** Keeps writers out until released; throws SOURCE_BUSY. */
  lock(): Promise<SourceLock>;
  /** Throws SOURCE_CHANGED when something was committed since the snapshot. */
  checkUnchanged(snapshot: SnapshotInfo, signal: AbortSignal): Promise<void>;
};

export type ProfileHooks = { progress(table: string, done: number, total: number): void; readonly signal: AbortSignal };

/** `kinds`: columns to look at as if they were declared so, by source name in lower case. */
export type ProfileRequest = {
  readonly table: Table;
  readonly where: string | null;
  readonly kinds: ReadonlyMap<string, DeclaredKind>;
  /** Columns, by folded name, of which a cell of each class is to be shown even where they have only one class. */
  readonly sampled?: ReadonlySet<string>;
};

/** `line`: what SQLite says of the index; `remedy`: the SQL that makes it anew. */
export type StaleIndex = { readonly line: string; readonly remedy: string };

/** Calculations beyond 64 bits, or beyond a double. `sample`: one of them, as `9223372036854775807 + 1`. */
export type Overflow = { readonly of: "integers" | "reals"; readonly count: number; readonly sample: string };
export type Overflows = ReadonlyMap<string, Overflow>;

/** The snapshot, opened. The caller closes it. */
export type FrozenSource = {
  readonly path: string;
  /**
   * Reads the whole file, beside whatever else is done. Returns indexes that do not agree with their tables. Throws
   * SOURCE_CORRUPT, or the signal's reason.
   */
  checkIntegrity(signal: AbortSignal): Promise<readonly StaleIndex[]>;
  /** Writes a copy whose indexes are made anew. */
  withIndexesAnew(to: string, stale: readonly StaleIndex[], signal: AbortSignal): Promise<void>;
  catalog(): Catalog;
  /** By `table NUL position of the foreign key`. */
  orphans(
    requests: readonly ProfileRequest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>>;
  /**
   * Carries out each condition and each view once, so that one without an end is met where an abort ends it. Returns
   * arithmetic of views and generated columns that PostgreSQL's numbers do not hold, by {@link ProbeScript}'s ids.
   */
  tryQueries(catalog: Catalog, requests: readonly ProfileRequest[], signal: AbortSignal): Promise<Overflows>;
  /** Rows that violate a CHECK of their own table, by `table NUL position of the check`. */
  brokenChecks(
    requests: readonly ProfileRequest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>>;
  profile(catalog: Catalog, requests: readonly ProfileRequest[], hooks: ProfileHooks): Promise<Profile>;
  /** How values go into the columns of live tables, by source table. */
  fit(
    catalog: Catalog,
    requests: readonly FitRequest[],
    edges: readonly FitEdge[],
    answers: FitAnswers,
    hooks: ProfileHooks,
  ): Promise<ReadonlyMap<string, TableFit>>;
  /** Batches of rows in rowid order, over a connection of their own. `copied`: the file that {@link CopySearch} made. */
  rows(table: TablePlan, part: UnitPart, catalog: Catalog, copied: string | null): Iterable<Row[]>;
  /** The same rows as they are stored, for a table whose plan says that its pages are read. The caller closes it. */
  stored(table: TablePlan, part: UnitPart, catalog: Catalog): StoredReading;
  /** Tokens of the rows that are beyond tsvector's limits, from the same file. */
  positions(table: TablePlan, part: UnitPart, copied: string): Iterable<TokenPositions[]>;
  close(): void;
};

/** How sentences speak of a target. */
export type TargetWords = {
  /** What a run takes for itself: `the schema`, `the file`. */
  readonly held: string;
  /** As `PostgreSQL 18 at localhost:5432/app, as app`. */
  itself(facts: TargetFacts): string;
  /** What happens to objects that are there. `schema`: where they go. */
  keptAside(objects: number, schema: string | null): string;
};

/** What stands in the target: objects that would be kept aside, and what is worth knowing of tables that rows go into. */
export type Occupied = { readonly aside: readonly string[]; readonly notes: readonly Note[] };

/** `setup` must work; each trial may fail. */
export type ProbeScript = {
  readonly setup: readonly string[];
  readonly trials: readonly {
    readonly id: string;
    readonly sql: string;
    /** An index whose definition is wanted: the step of finish that makes it, and its quoted name. */
    readonly index?: { readonly step: string; readonly name: string };
  }[];
};

/** `objections` by trial, `definitions` by step of finish. */
export type Probed = {
  readonly objections: ReadonlyMap<string, string>;
  readonly definitions: ReadonlyMap<string, IndexDefinition>;
};

/** A target: a schema of PostgreSQL, or a SQLite file. The caller closes it. */
export type Target = {
  readonly words: TargetWords;
  /** Its SQL, types and full-text tables are the source's own: nothing is translated. */
  readonly sameDialect: boolean;
  /** Host, port and database, for messages: never the password. */
  readonly shown: string;
  /** Values for `${target.…}` in cutover: url, host, port, database, user, password, schema. */
  readonly values: Readonly<Record<string, string>>;
  /** What must not appear in messages. */
  readonly secrets: readonly string[];
  facts(): Promise<TargetFacts>;
  /** Throws TARGET_VERSION, TARGET_ENCODING, TARGET_PERMISSION. */
  check(facts: TargetFacts): void;
  /** The warning about rows that anybody could read through an API; "" where there is none. Throws TARGET_ROW_SECURITY. */
  rowSecurity(facts: TargetFacts): string;
  /** Throws TARGET_OCCUPIED, TARGET_ASIDE_BLOCKED, or TARGET_MISMATCH for tables that rows cannot go into. `snapshot`: their file. */
  checkOccupied(plan: Plan, snapshot: string): Promise<Occupied>;
  /** As {@link checkOccupied}, by names alone: what would be kept aside; null where rows go into the tables that are there. */
  checkNames(names: readonly string[]): Promise<readonly string[] | null>;
  /** What the application made in the schema; null where the run's tables are not to go into it. */
  live(): Promise<LiveSchema | null>;
  /** Questions of {@link FrozenSource.fit}, in a transaction that is rolled back. `names`: live tables by source table. */
  answering<T>(names: ReadonlyMap<string, LiveTable>, work: (answers: FitAnswers) => Promise<T>): Promise<T>;
  /** Where the run's rows are to be proven: in staging, and once it is switched where the application reads them. */
  proven(run: string, plan: Plan, switched: boolean): Promise<Proven>;
  /** What the application made in a SQLite file; null where the run's tables are not to go into it. */
  liveFile(): Promise<FileSchema | null>;
  /** How rows of the snapshot go into that file's tables, by source table. */
  fitFile(
    requests: readonly FileRequest[],
    snapshot: string,
    hooks: ProfileHooks,
  ): Promise<ReadonlyMap<string, FileFit>>;
  /** Tries statements in a transaction that is rolled back. */
  probe(script: ProbeScript): Promise<Probed>;
  readonly runs: RunStore;
  /** Takes the target for one run. Throws RUN_IN_PROGRESS while another holds it. */
  acquire(run: string, plan: Plan, signal: AbortSignal): Promise<Session>;
  close(): Promise<void>;
};

/** What the target remembers of runs, for reading. Only a {@link Session} changes it. */
export type RunStore = {
  read(run: string): Promise<RunRow | null>;
  /** All that are remembered of the pipeline, oldest first, whoever keeps their folders. */
  list(pipeline: string): Promise<RunRow[]>;
  /** Whether all that the run loaded is still where it was loaded. */
  holdsLoad(run: string, plan: Plan): Promise<boolean>;
  /**
   * For a run whose state is lost: statements or commands that take its switch back, as far as the target itself shows
   * what belongs where. None when nothing of the run is there. `plan`: null where that is lost too.
   */
  byHand(run: string, plan: Plan | null): Promise<string[]>;
  /** Throws RUN_IN_PROGRESS while another live run holds the schema; changes nothing. */
  checkFree(run: string | null): Promise<void>;
  checkpoints(run: string): Promise<Map<string, number>>;
  ledger(
    run: string,
    limit: number,
  ): Promise<{ ledger: LedgerEntry[]; quarantine: QuarantinedRow[]; changed: number; quarantined: number }>;
  /** Target tables written to since the run switched; empty when its tables are not the live ones. */
  changedSince(run: string, plan: Plan): Promise<string[]>;
  /** Removes the run's rows, its staging and aside schemas, and the state schema when it was the last. */
  clean(run: string): Promise<string[]>;
};

/** Settings to write into one of the application's files. */
export type FileEdit = {
  readonly path: string;
  readonly set: Readonly<Record<string, string | number | boolean | null>>;
};

/** A planned change of a file; plain JSON, without contents, for the journal. */
export type PlannedEdit = {
  readonly file: string;
  readonly paths: readonly string[];
  readonly backup: string;
  readonly before: string;
  readonly after: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

export type AppFiles = {
  /** Reads and computes; touches nothing. */
  plan(edits: readonly FileEdit[]): PlannedEdit[];
  /** Backup, then file; safe to call again. */
  apply(planned: PlannedEdit, edits: readonly FileEdit[]): void;
  undo(planned: PlannedEdit): void;
  /** Throws ROLLBACK_REFUSED when the file was changed since, so that {@link undo} would fail; touches nothing. */
  checkUndo(planned: PlannedEdit): void;
  /** Settings among the edits that no file has yet: perhaps new, perhaps misspelt. */
  added(edits: readonly FileEdit[]): string[];
  /** Current settings of the .env files among them, for a health check's environment variables. */
  variables(paths: readonly string[]): Record<string, string>;
};

export type ProofInput = {
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly snapshot: string;
  /** Where the tables are now. */
  readonly schema: string;
  readonly run: string;
  /** Set where the rows stand in tables of the application's. */
  readonly live: LiveProofInput | null;
  readonly wanted: readonly ValidatorName[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
};
/** `inside`: the rows are proven before the transaction that wrote them ends. */
export type LiveProofInput = {
  readonly place: LivePlace;
  readonly inside: { readonly open: OpenSwitch; readonly before: LiveCounts } | null;
};
export type Proof = (input: ProofInput) => Promise<ValidatorResult[]>;

/** Looks at live tables before rows go in. */
export type MeasureLive = (input: Omit<ProofInput, "live" | "wanted">, open: OpenSwitch) => Promise<LiveCounts>;

/**
 * Makes a file with a ready vector for each row of the full-text tables, from the source's own index; one that is there
 * and complete stays. Beside the caller's thread.
 */
export type CopySearch = (request: {
  readonly snapshot: string;
  readonly copied: string;
  readonly tables: readonly TablePlan[];
  readonly signal: AbortSignal;
}) => Promise<void>;

/** Statements that put the functions of full-text search into the target. */
export type InstallSearch = (plan: Plan) => readonly string[];

/** The pipeline's transforms, ready to run. */
export type Transforms = {
  /** From a snapshot to a snapshot. Throws PLAN_INVALID, TRANSFORM_FAILED, LOCAL_DISK. */
  run(request: {
    readonly snapshot: string;
    readonly reshaped: string;
    progress(table: string, done: number, total: number): void;
    readonly signal: AbortSignal;
  }): Promise<{ readonly report: TransformReport; readonly sha256: string; readonly bytes: number }>;
  /** Runs them again, in other batches, and compares. `report`: the one of {@link run}. */
  replay(request: {
    readonly snapshot: string;
    readonly reshaped: string;
    readonly report: Pick<TransformReport, "tables">;
    progress(table: string, done: number, total: number): void;
    readonly signal: AbortSignal;
  }): Promise<ValidatorResult>;
  /** What is left to do for the tables as they are after them. */
  selection(snapshot: string, reshaped: string): Promise<Selection>;
};

/** What the pipeline's environment requires of the target beside the move itself. */
export type TargetQueries = {
  /** Rows of one SELECT, in a transaction that changes nothing; names without a schema are the run's tables. */
  ask(place: TablePlace, sql: string): Promise<readonly unknown[]>;
  /** A SELECT of the source's, as the target writes it. */
  translate(
    place: TablePlace,
    sql: string,
  ): { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly reason: string };
  /**
   * Puts seed data into the live tables of a run, whole or not at all, and once: that it is in commits with it. Returns
   * one sentence, null where it was in already. Throws SEED_FAILED, COMMIT_UNKNOWN.
   */
  seed(run: string, path: string, signal: AbortSignal): Promise<string | null>;
};

/** Where a run's tables are: in staging, or live. */
export type TablePlace = { readonly run: string; readonly plan: Plan; readonly schema: string };

/** All that a kind of target provides, beside its planner. */
export type TargetParts = {
  readonly target: Target;
  readonly installSearch: InstallSearch;
  readonly prove: Proof;
  readonly measureLive: MeasureLive;
  readonly queries: TargetQueries;
};

/** Everything a run is made of. */
export type Parts = TargetParts & {
  readonly source: Source;
  /** What the source leaves to do. */
  readonly selection: Selection;
  /** Null when the pipeline has none. */
  readonly transforms: Transforms | null;
  readonly copySearch: CopySearch;
  /** Loads what reads and writes them; most runs have none. */
  readonly files: () => Promise<AppFiles>;
};
