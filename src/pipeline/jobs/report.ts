import type { Report } from "../../core/report.ts";
import type { Settings } from "../../core/settings.ts";
import { homeOf } from "../home-of.ts";

/** The newest run's report; null when there is none. */
export function report(settings: Settings): Report | null {
  return homeOf(settings).latest()?.report() ?? null;
}
