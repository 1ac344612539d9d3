/** kill -9 of rowhaul, of its process alone. */
import { reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

export const kill = {
  name: "kill",
  title: "kill -9",
  count: 300,
  scenarios,
  async prepare({ place, scenario, moment }) {
    await place.reset(scenario);
    const fault = {
      name: `kill -9 ${moment.name}`,
      async strike(running) {
        if (!(await reach(running, moment))) return false;
        fault.hit = whereNow(running, place, scenario);
        running.kill("SIGKILL");
        return true;
      },
    };
    return fault;
  },
};
