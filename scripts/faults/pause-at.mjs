/**
 * Loaded before rowhaul (`node --import`), without a word of it in the program: stops the whole process (SIGSTOP) right
 * before a step of the cutover's journal is written, or right after it is on disk, and tells the harness so over file
 * descriptor 3. What is on that moment can then be decided outside, and hits it exactly.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const [when, step] = (process.env.FAULTS_PAUSE ?? "").split(" ");
// programs that rowhaul starts are not to stop
delete process.env.FAULTS_PAUSE;
delete process.env.NODE_OPTIONS;

if (isMainThread && step !== undefined) install();

function install() {
  const files = new Map();
  const { openSync, writeSync, fsyncSync } = fs;
  const wanted = step.replaceAll("-", " ");
  let last = "";
  let paused = false;
  const pause = () => {
    if (paused) return;
    paused = true;
    writeSync(3, "x");
    process.kill(process.pid, "SIGSTOP");
  };
  fs.openSync = (path, ...rest) => {
    const fd = openSync(path, ...rest);
    files.set(fd, String(path));
    return fd;
  };
  fs.writeSync = (fd, data, ...rest) => {
    if (isJournal(fd)) {
      last = stepIn(String(data));
      if (when === "before" && last === wanted) pause();
    }
    return writeSync(fd, data, ...rest);
  };
  fs.fsyncSync = (fd) => {
    fsyncSync(fd);
    if (isJournal(fd) && when === "after" && last === wanted) pause();
  };
  const isJournal = (fd) => files.get(fd)?.endsWith("journal.jsonl") === true;
  syncBuiltinESMExports();
}

function stepIn(text) {
  try {
    return JSON.parse(text).step;
  } catch {
    return "";
  }
}
