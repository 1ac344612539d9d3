/** rowhaul's own command line as a child process, in a group of its own, with what it says and when. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const pauseAt = fileURLToPath(new URL("pause-at.mjs", import.meta.url));

/**
 * `pause`: where it stops (pause-at.mjs); `shell`: what stands before the command, such as a limit.
 * The result has `marks`, phases with the milliseconds since the start.
 */
export function startRowhaul(dist, args, { cwd, env = {}, pause = null, shell = null, shown = args }) {
  const command = [process.execPath, `${dist}/cli/main.js`, ...args];
  const [program, ...rest] = shell === null ? command : ["/bin/sh", "-c", `${shell}; exec "$@"`, "sh", ...command];
  const child = spawn(program, rest, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: {
      ...plainEnvironment(),
      ...env,
      ...(pause === null ? {} : { FAULTS_PAUSE: JSON.stringify(pause), NODE_OPTIONS: `--import ${pauseAt}` }),
    },
  });
  return new Running(child, shown);
}

class Running {
  marks = [];
  stdout = "";
  stderr = "";
  startedAt = Date.now();
  #watchers = new Set();
  #over = false;

  constructor(child, shown) {
    this.child = child;
    this.pid = child.pid;
    this.shown = shown;
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.#take(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    child.stdio[3].on("data", () => this.#mark("paused"));
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.#over = true;
        this.result = {
          exit: code ?? 128 + (constants.signals[signal] ?? 0),
          signal,
          seconds: (Date.now() - this.startedAt) / 1000,
          code: this.#errorCode(),
          stdout: this.stdout,
          stderr: this.stderr,
        };
        for (const watcher of [...this.#watchers]) watcher(null);
        resolve(this.result);
      });
    });
    this.ended.catch(() => {});
  }

  get isOver() {
    return this.#over;
  }

  #take(line) {
    if (!line.startsWith("{")) return;
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      return;
    }
    if (event.type === "phase" && event.state === "started") this.#mark(event.phase);
    const phase = this.marks.findLast(({ name }) => name !== "paused");
    if (phase !== undefined) phase.lines = (phase.lines ?? 0) + 1;
    if (event.type === "error") this.lastError = event;
  }

  #mark(name) {
    const mark = { name, at: Date.now() - this.startedAt };
    this.marks.push(mark);
    for (const watcher of [...this.#watchers]) watcher(mark);
  }

  #errorCode() {
    return this.lastError?.code ?? /\b([A-Z]+(?:_[A-Z]+)+)\b/.exec(this.stderr)?.[1] ?? null;
  }

  /** Resolves to true when it comes to the mark; to false when it ends before. */
  until(name) {
    if (this.marks.some((mark) => mark.name === name)) return Promise.resolve(true);
    if (this.#over) return Promise.resolve(false);
    return new Promise((resolve) => {
      const watcher = (mark) => {
        if (mark !== null && mark.name !== name) return;
        this.#watchers.delete(watcher);
        resolve(mark !== null);
      };
      this.#watchers.add(watcher);
    });
  }

  kill(signal) {
    try {
      this.child.kill(signal);
    } catch {
      // ended already
    }
  }

  killGroup(signal) {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // ended already
    }
  }
}

/** What a shell of today says of databases must decide nothing. */
function plainEnvironment() {
  const names = /^(PG[A-Z]+|DATABASE_URL|SQLITE_DB_PATH|NO_COLOR|FORCE_COLOR|ROWHAUL_.*|NODE_OPTIONS|NODE_ENV)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}
