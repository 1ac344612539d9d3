/** The one form that all functions of a tokenizer have. */

/** In SQL, so that it can be inlined, or in PL/pgSQL if the body begins with DECLARE or BEGIN. */
export function functionSql(signature: string, returns: string, body: string): string {
  const language = /^(DECLARE|BEGIN)\b/.test(body) ? "plpgsql" : "sql";
  return `CREATE OR REPLACE FUNCTION fts5.${signature} RETURNS ${returns}
LANGUAGE ${language} IMMUTABLE STRICT PARALLEL SAFE AS $function$
${language === "sql" ? "  " : ""}${body}
$function$`;
}
