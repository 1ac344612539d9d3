/** An administrator ends backends of rowhaul's: one of them, or all. */
import { setTimeout as sleep } from "node:timers/promises";
import { goOn, reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

export const backend = {
  name: "backend",
  title: "backends ended by pg_terminate_backend",
  count: 100,
  scenarios: scenarios.filter(({ usesServer }) => usesServer),
  async prepare({ place, cluster, scenario, moment, random }) {
    await place.reset(scenario);
    const all = random.below(2) === 0;
    const fault = {
      name: `${all ? "all backends" : "one backend"} ended ${moment.name}`,
      async strike(running) {
        if (!(await reach(running, moment))) return false;
        fault.hit = whereNow(running, place, scenario);
        let rows = await backendsOf(cluster);
        if (rows.length === 0) goOn(running, moment);
        // none has connected yet, or none any more: the next one that comes
        for (; rows.length === 0 && !running.isOver; rows = await backendsOf(cluster)) await sleep(10);
        const chosen = all ? rows : rows.length === 0 ? [] : [random.pick(rows)];
        for (const { pid } of chosen) await cluster.query("SELECT pg_terminate_backend($1)", [pid]);
        fault.name += ` (${chosen.length} of ${rows.length})`;
        goOn(running, moment);
        return chosen.length > 0;
      },
    };
    return fault;
  },
};

function backendsOf(cluster) {
  return cluster.query(
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name IS DISTINCT FROM 'faults' AND datname <> 'postgres' ORDER BY pid",
  );
}
