/** What is asked of a JSON file. */

import type { JsonSettings } from "../../core/settings.ts";
import type { RowFormat } from "../../json/rows.ts";

/** `format`: for a file whose beginning does not tell; found out when absent. */
export type JsonSourceSettings = JsonSettings & { readonly format?: RowFormat };
