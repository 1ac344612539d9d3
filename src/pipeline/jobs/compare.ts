import type { Comparison } from "../../compare/comparison.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { JsonSettings, Settings } from "../../core/settings.ts";
import { comparePlaces } from "../compare-places.ts";
import { copySettings } from "../file/copy-settings.ts";
import { isJson, isUrl } from "../file/places.ts";
import type { WatchOptions } from "./options.ts";

export type CompareOptions = WatchOptions & {
  /** Only these, by their names in the first store; names or patterns with `*`. */
  readonly tables?: readonly string[];
  /** Of a PostgreSQL store; of the second, where it is another one there. */
  readonly schema?: string;
  readonly otherSchema?: string;
  /** Of the stores that are JSON files: fields that are missing in some rows and null in others. */
  readonly missing?: JsonSettings["missing"];
  /** Compares by meaning also where both stores are of a kind. */
  readonly byMeaning?: boolean;
};

/**
 * Compares two stores, each a SQLite or JSON file, an export's folder or a PostgreSQL URL. Neither is changed.
 * Throws SOURCE_*; differences are the result.
 */
export async function compare(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  const { tables, schema, otherSchema, missing, byMeaning = false, ...rest } = options;
  const side = (place: string, sourceSchema: string | undefined, usualSchema?: string): Settings =>
    copySettings(place, "embedded", {
      ...(tables === undefined ? {} : { tables }),
      ...(sourceSchema === undefined ? {} : { sourceSchema }),
      ...(usualSchema === undefined ? {} : { usualSchema }),
      ...(missing === undefined || !isJson(place) ? {} : { missing }),
    });
  if (missing !== undefined && !isJson(a) && !isJson(b))
    throw new RowhaulError("USAGE", "--missing says what becomes of a JSON file's fields, and neither store is one.", {
      hint: "Leave it out.",
    });
  // Of two servers, the second's URL may name another schema; beside a file, `schema` can only be the server's.
  const second = otherSchema ?? (isUrl(a) ? undefined : schema);
  return comparePlaces({ a: side(a, schema), b: side(b, second, schema), byMeaning, ...rest });
}
