/**
 * Loaded before rowhaul (`node --import`), without a word of it in the program: stops the whole process (SIGSTOP) at a
 * step of the cutover's journal, right before it is written or right after it is on disk, or at the n-th line that a
 * phase says, and tells the harness so over file descriptor 3. What is on that moment can then be decided outside.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const { writeSync, fsyncSync, openSync } = fs;
const at = JSON.parse(process.env.FAULTS_PAUSE ?? "null");
// programs that rowhaul starts are not to stop
delete process.env.FAULTS_PAUSE;
delete process.env.NODE_OPTIONS;
let paused = false;

if (isMainThread && at !== null) {
  if (at.step !== undefined) watchJournal();
  else watchLines();
}

function pause() {
  if (paused) return;
  paused = true;
  writeSync(3, "x");
  process.kill(process.pid, "SIGSTOP");
}

function watchJournal() {
  const files = new Map();
  const isJournal = (fd) => files.get(fd)?.endsWith("journal.jsonl") === true;
  let last = "";
  fs.openSync = (path, ...rest) => {
    const fd = openSync(path, ...rest);
    files.set(fd, String(path));
    return fd;
  };
  fs.writeSync = (fd, data, ...rest) => {
    if (isJournal(fd)) {
      last = stepIn(String(data));
      if (at.when === "before" && last === at.step) pause();
    }
    return writeSync(fd, data, ...rest);
  };
  fs.fsyncSync = (fd) => {
    fsyncSync(fd);
    if (isJournal(fd) && at.when === "after" && last === at.step) pause();
  };
  syncBuiltinESMExports();
}

/** A pipe takes a line at once, so it is out before the process stops. */
function watchLines() {
  const write = process.stdout.write.bind(process.stdout);
  let phase = null;
  let lines = 0;
  process.stdout.write = (text, ...rest) => {
    const taken = write(text, ...rest);
    const begun = /^\{"type":"phase","phase":"(\w+)","state":"started"/.exec(String(text));
    if (begun !== null) {
      phase = begun[1];
      lines = 0;
    }
    lines++;
    if (phase === at.phase && lines === at.line) pause();
    return taken;
  };
}

function stepIn(text) {
  try {
    return JSON.parse(text).step;
  } catch {
    return "";
  }
}
