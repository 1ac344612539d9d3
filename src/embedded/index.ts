/** The embedded PostgreSQL, for everything outside this folder. */
export { embeddedDirectory } from "./places.ts";
export { removeEmbedded } from "./remove.ts";
export { type Embedded, type EmbeddedOptions, startEmbedded } from "./start.ts";
export { type EmbeddedStatus, embeddedStatus } from "./status.ts";
export { stopEmbedded } from "./stop.ts";
