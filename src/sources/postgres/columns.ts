/** How each column leaves: the form it is cast to, the cell it becomes, the type the plan gives it again. */

/**
 * `integer` and `boolean` are INTEGER cells, `bytes` BLOBs, `text` TEXT as the type writes it. So is `written`, of types
 * that somebody made: a cast of theirs to text may say something else than the type itself.
 */
export type Form = "integer" | "boolean" | "bytes" | "text" | "written";

export type ColumnForm = {
  readonly form: Form;
  readonly pgType: string;
  /** Why the column arrives as text; null when its own type travels. */
  readonly asText: string | null;
};

/** What pg_type says of a column's type, domains taken away, and of an array's elements. */
export type TypeFacts = {
  /** As `format_type` writes it, domains taken away. */
  readonly type: string;
  /** pg_type.typname and typtype of the type or, for an array, of its elements. */
  readonly element: string;
  readonly kind: string;
  readonly array: boolean;
  /** It stands in pg_catalog. */
  readonly builtIn: boolean;
};

export function formOf(facts: TypeFacts): ColumnForm {
  const { type, element, array, kind } = facts;
  if (!array && facts.builtIn) {
    if (/^int[248]$/.test(element)) return { form: "integer", pgType: type, asText: null };
    if (element === "bool") return { form: "boolean", pgType: "boolean", asText: null };
    if (element === "bytea") return { form: "bytes", pgType: "bytea", asText: null };
  }
  const text = (asText: string): ColumnForm => ({ form: "text", pgType: array ? "text[]" : "text", asText });
  if (kind === "e") return { ...text(`the enum ${type}`), form: "written" };
  if (!facts.builtIn) return { form: "written", pgType: "text", asText: `${type}, a type of its own` };
  // Its cast to text takes the blanks at the end away, which without a length are part of the value.
  if (type === "bpchar") return { ...text("bpchar without a length"), form: "written" };
  if (bound.test(element)) return text(`${type}, which names objects of its server`);
  return { form: "text", pgType: type, asText: null };
}

/** Types whose values are objects of the server: another one need not have them. */
const bound = /^(reg\w+|aclitem|refcursor|pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list)$/;

/** `name`: the quoted column. */
export function castOf(form: Form, name: string): string {
  switch (form) {
    case "integer":
      return `${name}::int8`;
    case "boolean":
      return `${name}::bool`;
    case "bytes":
      return `${name}::bytea`;
    case "text":
      return `${name}::text`;
    case "written":
      // format() asks the type's output function, and makes an empty text of NULL.
      return `CASE WHEN num_nulls(${name}) = 0 THEN format('%s', ${name}) END`;
  }
}
