/** SQLite's expressions and SELECTs as trees. `from` and `to` are offsets into the SQL text. */

export type Expression = { readonly from: number; readonly to: number } & ExpressionKind;

export type ExpressionKind =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "blob"; readonly hex: string }
  | { readonly kind: "null" }
  | { readonly kind: "current"; readonly what: "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME" }
  | { readonly kind: "parameter"; readonly text: string }
  | ColumnKind
  | { readonly kind: "unary"; readonly op: "-" | "+" | "~" | "NOT"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "null test"; readonly not: boolean; readonly operand: Expression }
  | {
      readonly kind: "pattern";
      readonly op: PatternOperator;
      readonly not: boolean;
      readonly left: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | null;
    }
  | {
      readonly kind: "between";
      readonly not: boolean;
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | { readonly kind: "in"; readonly not: boolean; readonly left: Expression; readonly right: InRight }
  | {
      readonly kind: "case";
      readonly base: Expression | null;
      readonly whens: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression | null;
    }
  | { readonly kind: "cast"; readonly operand: Expression; readonly type: string }
  | { readonly kind: "collate"; readonly operand: Expression; readonly collation: string }
  | CallKind
  | { readonly kind: "exists"; readonly select: Select }
  | { readonly kind: "subquery"; readonly select: Select }
  | { readonly kind: "row"; readonly items: readonly Expression[] }
  | { readonly kind: "raise" };

export type ColumnKind = {
  readonly kind: "column";
  readonly schema: string | null;
  readonly table: string | null;
  readonly name: string;
  /** How the name is quoted: SQLite takes an unknown name in `"` for a string, and a bare TRUE or FALSE for 1 or 0. */
  readonly quote: string;
};

export type CallKind = {
  readonly kind: "call";
  /** In lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  /** `count(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly orderBy: readonly OrderTerm[];
  readonly filter: Expression | null;
  readonly over: Window | null;
};

export type BinaryOperator =
  | "OR"
  | "AND"
  | "="
  | "<>"
  | "IS"
  | "IS NOT"
  | "<"
  | "<="
  | ">"
  | ">="
  | "&"
  | "|"
  | "<<"
  | ">>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "||"
  | "->"
  | "->>";

export type PatternOperator = "LIKE" | "GLOB" | "MATCH" | "REGEXP";

export type InRight =
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "select"; readonly select: Select }
  | { readonly kind: "table"; readonly name: string };

export type Window = {
  /** A window named in the WINDOW clause. */
  readonly base: string | null;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderTerm[];
  readonly hasFrame: boolean;
};

export type OrderTerm = {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: "first" | "last" | null;
};

export type Select = {
  readonly with: readonly CommonTable[];
  /** The first has `op` null. */
  readonly arms: readonly { readonly op: CompoundOperator | null; readonly core: SelectCore }[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: Expression | null;
  readonly offset: Expression | null;
};

export type CompoundOperator = "UNION" | "UNION ALL" | "INTERSECT" | "EXCEPT";

export type CommonTable = {
  readonly name: string;
  readonly columns: readonly string[] | null;
  readonly select: Select;
};

export type SelectCore =
  | {
      readonly kind: "select";
      readonly distinct: boolean;
      readonly items: readonly SelectItem[];
      readonly source: Source | null;
      readonly where: Expression | null;
      readonly groupBy: readonly Expression[];
      readonly having: Expression | null;
      readonly hasWindows: boolean;
    }
  | { readonly kind: "values"; readonly rows: readonly (readonly Expression[])[] };

export type SelectItem =
  /** `*` (table null) or `table.*`. */
  | { readonly kind: "star"; readonly table: string | null }
  /** `text` is the item as written: SQLite's name for a column without alias. */
  | {
      readonly kind: "item";
      readonly expression: Expression;
      readonly alias: string | null;
      readonly text: string;
    };

export type Source =
  | { readonly kind: "table"; readonly schema: string | null; readonly name: string; readonly alias: string | null }
  | { readonly kind: "function"; readonly name: string }
  | {
      readonly kind: "subquery";
      readonly select: Select;
      readonly alias: string | null;
      /** Where it stands in the text: tells apart those without alias. */
      readonly from: number;
    }
  | {
      readonly kind: "join";
      readonly left: Source;
      readonly right: Source;
      readonly type: "INNER" | "LEFT" | "RIGHT" | "FULL";
      readonly natural: boolean;
      readonly on: Expression | null;
      readonly using: readonly string[] | null;
    };
