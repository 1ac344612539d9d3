/** Waits for a command, but not for ever: one that hangs is a failure, and what it was at is kept. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { groupMembers } from "./cluster.mjs";

/** The result; `hung` says so when it had to be killed. */
export async function ended(running, place, limitMs, evidence) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve("late"), limitMs);
  });
  const first = await Promise.race([running.ended, late]);
  clearTimeout(timer);
  if (first !== "late") return { ...first, hung: null };
  evidence.say(`HANG after ${limitMs / 1000} s\n${whatItIsAt(running.pid)}`);
  await place.cluster
    .query(
      "SELECT pid, datname, state, wait_event, left(query, 200) AS query FROM pg_stat_activity WHERE datname IS NOT NULL",
    )
    .then((rows) => evidence.say(JSON.stringify(rows, null, 1)))
    .catch((thrown) => evidence.say(String(thrown)));
  running.killGroup("SIGKILL");
  const result = await running.ended;
  return { ...result, hung: `no end within ${limitMs / 1000} s` };
}

function whatItIsAt(pid) {
  const parts = [];
  try {
    parts.push(
      execFileSync("ps", ["-o", "pid,ppid,stat,wchan:20,etime,args", "-p", groupMembers(pid).join(",")]).toString(),
    );
  } catch (thrown) {
    parts.push(String(thrown));
  }
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      parts.push(`${thread} ${readFileSync(`/proc/${pid}/task/${thread}/wchan`, "utf8")}`);
    for (const fd of readdirSync(`/proc/${pid}/fd`)) parts.push(fd);
  } catch {
    // ended in between
  }
  return parts.join("\n");
}
