/**
 * What networks do: reset and cut connections, hold bytes back, fall silent, and lose the answer to a COMMIT, of which
 * the client then cannot know whether it has happened, or will yet.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { goOn, reach } from "../moments.mjs";
import { scenarios } from "../scenarios.mjs";
import { whereNow } from "./where.mjs";

const ways = [
  "reset",
  "cut",
  "stall",
  "silent",
  "answer lost",
  "commit late",
  "commit lost",
  "answer late",
  "commit late",
];

export const network = {
  name: "network",
  title: "network: reset, cut, stalled, silent, COMMITs late or lost",
  count: 100,
  scenarios: scenarios.filter(({ usesServer }) => usesServer),
  async prepare(context) {
    const { place, proxy, scenario, random, usual, number, moment } = context;
    await place.reset(scenario);
    const chosen = ways[(number + Math.floor(number / ways.length)) % ways.length];
    const isCommit = chosen.includes("commit") || chosen.includes("answer");
    if (isCommit && usual.commits > 0) return atCommit(context, chosen, 1 + random.below(usual.commits));
    const fault = breaks[isCommit ? "reset" : chosen](context);
    return {
      ...fault,
      name: `${fault.name} ${moment.name}`,
      async strike(running) {
        if (!(await reach(running, moment))) return false;
        if (proxy.connections === 0) goOn(running, moment);
        while (proxy.connections === 0 && !running.isOver) await sleep(2);
        if (proxy.connections === 0) return false;
        this.hit = whereNow(running, place, scenario);
        await fault.break();
        goOn(running, moment);
        await fault.end?.(running);
        return true;
      },
    };
  },
};

const breaks = {
  reset: ({ proxy }) => ({ name: "reset", break: () => proxy.resetAll() }),
  cut: ({ proxy }) => ({ name: "cut", break: () => proxy.cutAll() }),
  stall({ proxy, random }) {
    const length = random.between(500, 6000);
    return {
      name: `stalled for ${Math.round(length)} ms`,
      limitMs: 90_000,
      break: () => proxy.stall(),
      async end() {
        await sleep(length);
        proxy.resume();
      },
    };
  },
  /** New connections work again after a while; the server goes on believing in the old ones, in half of the cases until after the rerun. */
  silent({ proxy, random }) {
    const length = random.between(1000, 12_000);
    const stays = random.below(2) === 0;
    return {
      name: `silent for ${Math.round(length)} ms${stays ? ", and dead connections stay in the server" : ""}`,
      limitMs: 120_000,
      keepsBackends: stays,
      break: () => proxy.fallSilent(),
      async end(running) {
        await Promise.race([sleep(length), running.ended]);
        proxy.endSilence();
      },
      async settled() {
        if (!stays) proxy.reset();
      },
    };
  },
};

function atCommit({ place, scenario, proxy, random }, way, nth) {
  const delay = random.between(100, 3000);
  let over = Promise.resolve();
  const fault = {
    name: `${way} (COMMIT ${nth}${way.includes("late") ? `, ${Math.round(delay)} ms` : ""})`,
    limitMs: 90_000,
    start: { pause: null },
    async strike(running) {
      const struck = new Promise((resolve) => {
        proxy.atCommit(nth, (pair, forward) => {
          fault.hit = whereNow(running, place, scenario);
          over = acts[way](pair, forward, delay);
          resolve(true);
        });
      });
      return Promise.race([struck, running.ended.then(() => false)]);
    },
    settled: () => over,
  };
  return fault;
}

const acts = {
  /** The server commits; the client hears of a broken connection. */
  async "answer lost"(pair, forward) {
    pair.detach();
    forward();
    await sleep(1000);
    pair.destroy();
  },
  /** The client hears of a broken connection at once; the server is told to commit only later. */
  async "commit late"(pair, forward, delay) {
    pair.detach();
    await sleep(delay);
    forward();
    await sleep(1000);
    pair.destroy();
  },
  async "commit lost"(pair) {
    pair.reset();
  },
  async "answer late"(_, forward, delay) {
    await sleep(delay);
    forward();
  },
};
