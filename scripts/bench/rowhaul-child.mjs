/**
 * Runs rowhaul's library and prints its events, for builds without a command line
 * and for runs that stop early: `node rowhaul-child.mjs DIST FILE URL UNTIL`.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, file, url, until] = process.argv.slice(2);
const { copySettings, run } = await import(pathToFileURL(join(dist, "index.js")).href);

await run(copySettings(file, url), {
  acceptAll: true,
  until,
  onEvent(event) {
    if (event.type !== "progress") process.stdout.write(`${JSON.stringify(event)}\n`);
  },
});
