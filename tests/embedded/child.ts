/** Runs a few lines in a Node process of their own, with the built embedded server at hand. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export type Child = {
  readonly process: ChildProcess;
  /** The first line printed, parsed as JSON. */
  readonly line: Promise<Record<string, unknown>>;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

export function runChild(code: string, env: NodeJS.ProcessEnv = {}): Child {
  const module = new URL("../../dist/embedded/index.js", import.meta.url).href;
  const script = `import { startEmbedded } from ${JSON.stringify(module)};
    const say = (value) => console.log(JSON.stringify(value));
    const forever = () => setInterval(() => {}, 1000);
    ${code}`;
  // a process group of its own, as a shell gives to what is typed
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, ...env },
  });
  let output = "";
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += String(chunk);
  });
  const line = new Promise<Record<string, unknown>>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("\n")) resolve(JSON.parse(output.slice(0, output.indexOf("\n"))));
    });
    child.once("close", () => reject(new Error(`the child printed no line: ${errors}`)));
  });
  line.catch(() => {});
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, line, exit };
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; !condition(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
  }
}
