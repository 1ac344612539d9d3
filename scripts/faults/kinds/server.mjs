/** The server is stopped (immediate) or its postmaster killed, and started again after a while. */
import { setTimeout as sleep } from "node:timers/promises";
import { goOn, reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

export const server = {
  name: "server",
  title: "server stopped or killed, and started again",
  count: 100,
  scenarios: scenarios.filter(({ usesServer }) => usesServer),
  async prepare({ place, cluster, scenario, moment, random }) {
    await place.reset(scenario);
    const how = random.pick(["immediate", "kill"]);
    const away = random.pick([0, random.between(0, 500), random.between(500, 4000)]);
    const fault = {
      name: `server ${how === "kill" ? "killed" : "stopped"} ${moment.name}, away for ${Math.round(away)} ms`,
      limitMs: 120_000,
      async strike(running) {
        if (!(await reach(running, moment))) return false;
        fault.hit = whereNow(running, place, scenario);
        await cluster.crash(how);
        goOn(running, moment);
        await sleep(away);
        await cluster.restart();
        return true;
      },
    };
    return fault;
  },
};
