/**
 * Expressions of an export are somebody's text, which the importing role would run: in a CHECK for every row, in an index,
 * a default, a view. So they are carried only as far as they call nothing but functions of PostgreSQL's own that
 * compute a value from their arguments; with the empty search_path of our transactions no other can be meant by a
 * name alone.
 */
import type { Word } from "./words.ts";

/** No reading of files or settings, no SQL in texts, no waiting, no writing: and nothing that a name alone could hide. */
const functions = `
  abs acos acosd acosh age any_value area array_agg array_append array_cat array_dims array_fill array_length array_lower
  array_ndims array_position array_positions array_prepend array_remove array_replace array_reverse array_sort
  array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg
  bit_and bit_count bit_length bit_or bit_xor bool_and bool_or box broadcast btrim cardinality casefold cbrt ceil ceiling
  center char_length character_length chr circle clock_timestamp concat concat_ws convert_from convert_to corr cos cosd
  cosh cot cotd count covar_pop covar_samp crc32 crc32c cume_dist date date_add date_bin date_part date_subtract
  date_trunc datemultirange daterange decode degrees dense_rank diagonal diameter div encode enum_first enum_last
  enum_range erf erfc every exp factorial family first_value floor format gamma gcd gen_random_uuid generate_series
  generate_subscripts get_bit get_byte height host hostmask initcap int4multirange int4range int8multirange int8range
  is_normalized isclosed isempty isfinite isopen json_agg json_array_elements json_array_elements_text
  json_array_length json_build_array json_build_object json_each json_each_text json_extract_path
  json_extract_path_text json_object json_object_agg json_object_keys json_strip_nulls json_typeof jsonb_agg
  jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each
  jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg
  jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
  jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval lag
  last_value lcm lead left length lgamma line ln log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr8_set7bit
  make_date make_interval make_time make_timestamp make_timestamptz masklen max md5 min min_scale mod mode multirange
  netmask network now nth_value ntile num_nonnulls num_nulls numnode nummultirange numrange octet_length parse_ident path
  pclose percent_rank percentile_cont percentile_disc phraseto_tsquery pi plainto_tsquery point polygon popen pow power
  querytree quote_ident quote_literal quote_nullable radians radius random range_agg range_intersect_agg range_merge
  rank regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
  regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
  regr_syy repeat replace reverse right round row_number row_to_json rpad rtrim scale set_bit set_byte set_masklen
  setweight sha224 sha256 sha384 sha512 sign sin sind sinh slope split_part sqrt starts_with statement_timestamp stddev
  stddev_pop stddev_samp string_agg string_to_array string_to_table strip strpos substr substring sum tan tand tanh text
  timeofday timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_timestamp to_tsquery
  to_tsvector transaction_timestamp translate trim_array trim_scale trunc ts_delete ts_filter ts_headline ts_rank
  ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array unistr unnest upper upper_inc
  upper_inf uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 var_pop var_samp variance websearch_to_tsquery
  width width_bucket xmlcomment`;

/** Words before a bracket that call nothing: keywords, types with modifiers, methods of indexes. */
const others = `
  all and any array as asc between bigint bit boolean both btree brin by case cast char character check coalesce collate
  cross cube current_time current_timestamp date dec decimal desc distinct double else end except exclude exists extract
  filter float for from full gin gist greatest group grouping hash having in include inner int integer intersect interval
  is isnull join key lateral leading least left like limit localtime localtimestamp materialized normalize not notnull
  null nulls nullif numeric offset on only or order outer over overlaps overlay partition position precision primary real
  right rollup row rows select sets similar smallint some spgist substring symmetric table then time timestamp trailing
  treat trim union unique unknown using values varchar varying vector when where window with within without xmlattributes
  xmlconcat xmlelement xmlforest xmlparse xmlpi xmlroot xmlserialize zone`;

const harmless: ReadonlySet<string> = new Set(`${functions} ${others}`.trim().split(/\s+/));

/** Why the words are not run for whoever wrote them; null when they may be. `schema`: whose relations they may read. */
export function notRun(words: readonly Word[], schema: string | undefined): string | null {
  const all = words.filter(({ text }) => !/^\s+$/.test(text));
  for (const [i, { text }] of all.entries()) {
    if (!isName(text)) continue;
    const name = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
    const qualifier = all[i - 1]?.text === "." ? nameOf(all[i - 2]) : null;
    if (all[i + 1]?.text === "(" && !(harmless.has(name) && (qualifier === null || qualifier === "pg_catalog")))
      return `it calls ${qualifier === null ? "" : `${qualifier}.`}${name}, and what an export says is not run`;
    const reading = /^(from|join|only|lateral)$/i.test(all[i - 1]?.text ?? "");
    const foreign = reading && all[i + 1]?.text === "." && name !== schema;
    if (foreign || /^(pg_(?!catalog$)|information_schema$)/.test(name))
      return `it reads ${name}, and an export's expressions read nothing but its own tables`;
  }
  return null;
}

function isName(text: string): boolean {
  return /^(?:"|[A-Za-z_\u0080-\u{10ffff}])/u.test(text);
}

function nameOf(word: Word | undefined): string | null {
  if (word === undefined || !isName(word.text)) return null;
  return word.name ?? word.text.toLowerCase();
}
