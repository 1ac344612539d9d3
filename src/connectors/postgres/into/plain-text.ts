/**
 * What a text must look like so that another type holds all of it. PostgreSQL's types read more than they keep: '007'
 * becomes 7, a time takes a date along and drops it, the seventh digit of a second is rounded, 'today' is a moment
 * that passes, and jsonb keeps the last of two equal keys. What such a type would change is refused by name.
 */

/** Conditions on a value that is not NULL, as SQL. */
type Condition = (value: string) => string;

export const isPlainNumber: Condition = (value) =>
  `(${value})::text ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$' AND (${value})::text !~ '^-0([.]0*)?$'`;

/** Year first, to the microsecond; other orders would be guessed. */
export const isPlainDate: Condition = (value) =>
  `(${value})::text ~ '^[0-9]{4,}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2}){0,2})?( BC)?$'`;

const time = /^time with(out)? time zone$/;

/** The type writes what it read; of a time, and of a uuid, other spellings of the same are known. */
export function readsBack(base: string, cast: Condition): Condition {
  if (time.test(base))
    return (value) =>
      `(${value})::text ~ '^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?(Z|[+-][0-9]{2}(:?[0-9]{2}){0,2})?$' AND (${cast(value)})::text = (${value})::${base}::text`;
  // Not a cast to text, which writes some types otherwise than they are written everywhere else.
  const written: Condition = (value) => `format('%s', ${cast(value)})`;
  if (base === "uuid") return (value) => `${written(value)} = lower(btrim((${value})::text, '{}'))`;
  return (value) => `${written(value)} = (${value})::text`;
}

/** No object in it, however deep, has a key twice. */
export const writesNoKeyTwice: Condition = (value) =>
  `NOT EXISTS (WITH RECURSIVE part(j) AS (SELECT (${value})::json UNION ALL SELECT e.value FROM part, LATERAL (
     SELECT value FROM json_each(CASE json_typeof(j) WHEN 'object' THEN j ELSE '{}' END)
     UNION ALL SELECT value FROM json_array_elements(CASE json_typeof(j) WHEN 'array' THEN j ELSE '[]' END)) e)
   SELECT FROM part, LATERAL (SELECT count(*) > count(DISTINCT k) AS twice FROM json_object_keys(CASE json_typeof(j) WHEN 'object' THEN j ELSE '{}' END) k) d WHERE twice)`;
