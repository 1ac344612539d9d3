/**
 * What processes have used, from Linux's /proc. Wall time on a shared machine
 * says little; CPU seconds and peak memory are what a benchmark can trust.
 * Without /proc everything here is NaN, which the tables show as a dash.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Clock ticks a second: Linux shows 100 to every program, whatever its kernel counts in. */
const ticks = 100;

/** CPU seconds of a running process and of the children it has waited for. */
export function cpuOf(pid) {
  const fields = statFields(pid);
  return fields === null ? Number.NaN : own(fields) + reaped(fields);
}

/** CPU seconds of the children that have ended and this process has waited for: exact, unlike polling them. */
export function cpuOfEndedChildren() {
  const fields = statFields("self");
  return fields === null ? Number.NaN : reaped(fields);
}

/** CPU seconds of a server: the postmaster, the backends it has now, and those that have ended. */
export function cpuOfServer(postmaster) {
  let sum = cpuOf(postmaster);
  for (const name of Number.isNaN(sum) ? [] : readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(name);
    if (fields?.[1] === String(postmaster)) sum += own(fields) + reaped(fields);
  }
  return sum;
}

/** The most memory a process has had resident since its start or the last reset, in MB (10^6 bytes). */
export function peakMegabytes(pid) {
  try {
    const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line === null ? Number.NaN : (Number(line[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** Makes the peak start again at what is resident now. Where it cannot, later phases show the earlier peak. */
export function resetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // ended already, or not permitted
  }
}

const own = (fields) => (Number(fields[11]) + Number(fields[12])) / ticks;
const reaped = (fields) => (Number(fields[13]) + Number(fields[14])) / ticks;

/** /proc/<pid>/stat from the third field on; the name before it may hold spaces and parentheses. */
function statFields(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
