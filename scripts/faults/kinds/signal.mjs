/** Ctrl-C and SIGTERM, once or twice, to the process alone or, as a terminal does, to its whole group. */
import { setTimeout as sleep } from "node:timers/promises";
import { goOn, reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

export const signal = {
  name: "signal",
  title: "SIGINT, SIGTERM, once and twice",
  count: 50,
  scenarios,
  async prepare({ place, scenario, moment, random }) {
    await place.reset(scenario);
    const name = random.pick(["SIGINT", "SIGTERM"]);
    const twice = random.below(2) === 0;
    const send = name === "SIGINT" && random.below(2) === 0 ? "killGroup" : "kill";
    const pause = random.between(0, 300);
    const fault = {
      name: `${name}${twice ? " twice" : ""}${send === "killGroup" ? " to the group" : ""} ${moment.name}`,
      twice,
      async strike(running) {
        if (!(await reach(running, moment))) return false;
        fault.hit = whereNow(running, place, scenario);
        running[send](name);
        goOn(running, moment);
        if (!twice) return true;
        await sleep(pause);
        running[send](name);
        return true;
      },
    };
    return fault;
  },
};
