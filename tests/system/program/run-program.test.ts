import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runSqliteProgram } from "../../../src/system/program/run-program.ts";

const never = new AbortController().signal;
const program = (name: string): URL => new URL(`./programs/${name}`, import.meta.url);
const end = (how: Parameters<typeof import("./programs/ending.mjs")["default"]>[0], signal = never) =>
  runSqliteProgram<typeof import("./programs/ending.mjs")>(program("ending.mjs"), how, signal);

test("bigints, buffers and what nests them arrive as they were given", async () => {
  const input = { big: 2n ** 63n, bytes: Buffer.from([0, 255]), list: [null, -0, Number.NaN, undefined, "é\0"] };
  const output = await runSqliteProgram<typeof import("./programs/echo.mjs")>(program("echo.mjs"), input, never);
  expect(output).toEqual(input);
  expect(Buffer.isBuffer((output as typeof input).bytes)).toBe(true);
  expect(Object.is((output as typeof input).list[1], -0)).toBe(true);
});

test("a program may be TypeScript, and import it", async () => {
  const run = runSqliteProgram<typeof import("./programs/typed.ts")>;
  expect(await run(program("typed.ts"), { name: 'a"b' }, never)).toBe('"a""b"');
});

test("what it throws comes with message and code", async () => {
  await expect(end("throw")).rejects.toMatchObject({ message: "the file is no database", code: "SQLITE_NOTADB" });
  await expect(end("late")).rejects.toThrow("undefined");
  await expect(end("function")).rejects.toThrow("could not be cloned");
});

test("a process that ends without an answer says how", async () => {
  const without = "the process reading the file ended without an answer";
  await expect(end("exit")).rejects.toThrow(`${without} (exit status 7): last line`);
  await expect(end("kill")).rejects.toThrow(`${without} (SIGTERM)`);
  await expect(
    runSqliteProgram<typeof import("./programs/echo.mjs")>(program("absent.mjs"), null, never),
  ).rejects.toThrow("Cannot find module");
});

test("an abort ends it at once, with the signal's reason", async () => {
  for (const milliseconds of [0, 200]) {
    const stop = new AbortController();
    const running = end("forever", stop.signal);
    await sleep(milliseconds);
    stop.abort(new Error("called off"));
    await expect(running).rejects.toThrow("called off");
  }
  expect(() => end("forever", AbortSignal.abort(new Error("before")))).toThrow("before");
});

test("nothing of it keeps the process that asked alive", async () => {
  const dist = new URL("../../../dist/system/program/run-program.js", import.meta.url);
  const text = `
    const { runSqliteProgram } = await import(${JSON.stringify(dist.href)});
    const echo = new URL(${JSON.stringify(program("echo.mjs").href)}), ending = new URL(${JSON.stringify(program("ending.mjs").href)});
    console.log(await runSqliteProgram(echo, 5n, undefined));
    const stop = new AbortController();
    runSqliteProgram(ending, "forever", stop.signal).catch((error) => console.log(error.message));
    setTimeout(() => stop.abort(new Error("called off")), 100);`;
  const asking = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  asking.stdout.on("data", (data: Buffer) => {
    output += data;
  });
  const [status] = (await once(asking, "close")) as [number];
  expect([status, output]).toEqual([0, "5n\ncalled off\n"]);
});
