/** Many processes at once ask for folders whose holder has been killed. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { thisProcess } from "../../src/system/process.ts";
import { freshPath } from "../support/scratch-database.ts";

const [processes, folders] = [10, 12];

it("each is let in by one of them", async () => {
  const root = freshPath("homes");
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const names = Array.from({ length: folders }, (_, i) => join(root, String(i)));
  for (const name of names) {
    mkdirSync(name, { recursive: true });
    writeFileSync(join(name, "at-work.json"), JSON.stringify({ version: 1, ...thisProcess(), pid }));
  }
  const module = new URL("../../dist/run-folder/at-work.js", import.meta.url).href;
  // Each holds what it got until all have asked: nobody is let in because another has left.
  const script = `import { claimFolder } from ${JSON.stringify(module)};
    process.stdout.write("ready\\n");
    await new Promise((go) => process.stdin.once("data", go));
    const answers = ${JSON.stringify(names)}.map((name) => {
      try { claimFolder(name); return "in"; } catch (thrown) { return thrown.code; }
    });
    process.stdout.write(JSON.stringify(answers) + "\\n");
    process.stdin.resume();`;
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  try {
    const lines = children.map(({ stdout }) => linesOf(stdout));
    await Promise.all(lines.map((next) => next()));
    for (const { stdin } of children) stdin.write("go\n");
    const answers = await Promise.all(lines.map(async (next) => JSON.parse(await next()) as string[]));
    for (const [i] of names.entries()) {
      const sorted = answers.map((own) => own[i]).sort();
      expect(sorted).toEqual([...Array<string>(processes - 1).fill("RUN_IN_PROGRESS"), "in"]);
    }
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
});

/** Gives one line after the other. */
function linesOf(stream: NodeJS.ReadableStream): () => Promise<string> {
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return async () => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      await new Promise((resolve) => stream.once("data", resolve));
    }
  };
}
