/** What a case said, kept in a file when something was wrong with it. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const evidenceFolder = join(tmpdir(), `rowhaul-faults-${process.pid}`);

export class Evidence {
  #lines = [];

  constructor(kind, number, scenario) {
    this.name = `${kind}-${number}`;
    this.say(`${kind}, case ${number}: ${scenario}`);
  }

  say(text) {
    this.#lines.push(text);
  }

  /** Returns where. The run folder is kept beside it, as it is at the end. */
  keep(outcome, place) {
    mkdirSync(evidenceFolder, { recursive: true, mode: 0o700 });
    const path = join(evidenceFolder, `${this.name}.txt`);
    writeFileSync(path, `${this.#lines.join("\n\n")}\n\n${JSON.stringify(outcome, null, 2)}\n`);
    const folder = place.path(".rowhaul");
    if (existsSync(folder)) cpSync(folder, join(evidenceFolder, `${this.name}.rowhaul`), { recursive: true });
    return path;
  }
}
