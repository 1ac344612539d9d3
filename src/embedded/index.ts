/** The embedded PostgreSQL, for everything outside this folder. */
export { embeddedDirectory } from "./data/places.ts";
export { removeEmbedded } from "./server/remove.ts";
export { type Embedded, type EmbeddedOptions, startEmbedded } from "./server/start.ts";
export { type EmbeddedStatus, embeddedStatus } from "./server/status.ts";
export { stopEmbedded } from "./server/stop.ts";
