import type { Probe } from "./probe.mjs";

/** The probe's answer as TypeScript: text by file name. */
export function unicodeFiles(probe: Probe): Record<string, string>;
