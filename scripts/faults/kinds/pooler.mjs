/** The same faults with a PgBouncer in transaction mode in between, where it is installed. */

import { join } from "node:path";
import { bouncerPath, startBouncer } from "../bouncer.mjs";
import { databaseName } from "../cluster.mjs";
import { Place } from "../place.mjs";
import { scenarios } from "../scenarios.mjs";
import { backend } from "./backend.mjs";
import { kill } from "./kill.mjs";
import { signal } from "./signal.mjs";

const kinds = [kill, backend, signal];
const places = new WeakMap();

export const pooler = {
  name: "pooler",
  title: "through PgBouncer: kill -9, backends ended, signals",
  count: 45,
  skipped: bouncerPath === null ? "PgBouncer is not installed" : null,
  scenarios: scenarios.filter(({ target, search }) => target === "server" && !search),
  /** A place of its own: what is prepared in it went by the pooler, too. */
  async at(worker) {
    const known = places.get(worker.cluster);
    if (known !== undefined) return { ...worker, place: known };
    const bouncer = await startBouncer(worker.cluster, worker.place.root);
    worker.stops.push(() => bouncer.stop());
    const folder = join(worker.place.root, "pooler");
    const place = new Place({ ...worker, folder, port: bouncer.port, name: "_pooled" });
    place.pooled = true;
    places.set(worker.cluster, place);
    return { ...worker, place };
  },
  async prepare(context) {
    const fault = await kinds[context.number % kinds.length].prepare(context);
    // the next case's server has no pooler's connections in it
    return Object.assign(fault, { cleanUp: () => context.cluster.endBackends(databaseName) });
  },
};
