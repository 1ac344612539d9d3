import { tables } from "./001-tables.ts";
import type { Migration } from "./migration.ts";

/** In order; the last one's version is what this program works with. */
export const migrations: readonly Migration[] = [tables];
