/** Facts of the target that decisions depend on. */
export type TargetFacts = {
  /** Major version. */
  readonly version: number;
  readonly encoding: string;
  readonly role: string;
  readonly database: string;
  readonly mayCreateSchema: boolean;
  readonly schemaExists: boolean;
  readonly mayCreateInSchema: boolean;
  /** Roles of PostgREST or Supabase that can see the target schema. */
  readonly apiRoles: readonly string[];
  /** The database's default collation orders text as SQLite's BINARY does. */
  readonly binaryOrder: boolean;
  /** A server that takes no writes. */
  readonly standby?: boolean;
  /** Settings under which rows would go unchecked or be lost, each with its value and what it does. */
  readonly unsafe?: readonly string[];
  /** Schema of the extension pg_trgm; absent where the database does not have it. */
  readonly trigramSchema?: string;
};
