/** Every type that a signature of the library names, or that such a type is made of: a test holds that none is missing. */

export type {
  CellDifference,
  ColumnComparison,
  Comparison,
  Rows,
  SchemaDifference,
  StoreKind,
  TableComparison,
} from "./compare/comparison.ts";
export type {
  BackupSettings,
  Environment,
  EnvironmentKind,
  NotifyOn,
  NotifySettings,
  PerformanceSettings,
} from "./core/environment.ts";
export type { Emit, Event, PhaseName, ProgressUnit } from "./core/events.ts";
export type { Finding, ValidatorName, ValidatorResult } from "./core/finding.ts";
export type { ErrorCode } from "./core/messages/error-codes.ts";
export type { ErrorPlace } from "./core/messages/errors.ts";
export type { ExitStatus } from "./core/messages/exit-status.ts";
export type { HazardCode } from "./core/plan/hazards.ts";
export type { IntoMode } from "./core/plan/into-mode.ts";
export type { LedgerEntry, QuarantinedRow } from "./core/plan/ledger.ts";
export type {
  CellAction,
  CellCondition,
  CellRule,
  ColumnPlan,
  FinishStep,
  Grant,
  Hazard,
  Identity,
  IndexDefinition,
  Key,
  LeftOut,
  MappedColumn,
  Note,
  Plan,
  TablePlan,
  TargetPlan,
  TriggerPlan,
  ViewPlan,
} from "./core/plan/plan.ts";
export type { Sample, StorageClass } from "./core/plan/profile.ts";
export type { TransformReport } from "./core/plan/transform.ts";
export type { Unit, UnitPart } from "./core/plan/unit.ts";
export type { SnapshotInfo } from "./core/ports.ts";
export type { Report } from "./core/report.ts";
export type { RunStage } from "./core/run-stages.ts";
export type { Affinity } from "./core/schema/catalog.ts";
export type { FileReading } from "./core/schema/file-schema.ts";
export type {
  FullTextContent,
  FullTextModule,
  FullTextPlan,
  LikePlan,
  QueryFile,
  SearchCheck,
  SearchPlan,
} from "./core/schema/full-text.ts";
export type {
  Interpretation,
  LiveEpoch,
  LiveInterval,
  LiveKind,
  LiveOrigin,
  LiveProblem,
  LiveReading,
  LiveType,
} from "./core/schema/live-type.ts";
export type {
  ClassReport,
  IndexReport,
  Latency,
  LikeReport,
  SearchReport,
  TokenReport,
} from "./core/search-report.ts";
export type {
  Acceptance,
  ColumnSettings,
  ColumnType,
  CutoverStep,
  Existing,
  FileTarget,
  InterpretEntry,
  JsonSettings,
  RootSelection,
  SchemaSettings,
  SchemaTarget,
  SearchSettings,
  Settings,
  SourceSettings,
  TableSettings,
  TargetSettings,
  TransformStep,
} from "./core/settings.ts";
export type { BooleanLiteral, Encoding, EpochUnit } from "./core/values/encoding.ts";
export type { Embedded } from "./embedded/index.ts";
export type { ExportSummary } from "./phases/export.ts";
export type { Outcome } from "./phases/run/outcome.ts";
export type { RunResult } from "./phases/run/run-options.ts";
export type { Draft, DraftOptions } from "./pipeline/draft/draft-pipeline.ts";
export type { ProposedMode } from "./pipeline/draft/proposed-mode.ts";
export type { CopySettingsOptions } from "./pipeline/file/copy-settings.ts";
export type { Variables } from "./pipeline/file/variables.ts";
export type { CompareOptions } from "./pipeline/jobs/compare.ts";
export type { CopyOptions, ImportOptions } from "./pipeline/jobs/copy.ts";
export type { DownOptions, DownResult, QueryPlace } from "./pipeline/jobs/embedded.ts";
export type { ExportDataOptions } from "./pipeline/jobs/export.ts";
export type {
  CheckOptions,
  CleanOptions,
  CutoverOptions,
  LoadOptions,
  PlanningOptions,
  PlanOptions,
  RehearseOptions,
  RollbackOptions,
  RunOptions,
  ValidateOptions,
  WatchOptions,
} from "./pipeline/jobs/options.ts";
export type { RunSummary } from "./pipeline/jobs/status.ts";
export type { QueryResult } from "./pipeline/query.ts";
export type { RowFunction, RowInfo, RowValue } from "./transforms/functions/row-function.ts";
