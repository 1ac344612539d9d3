/**
 * Where a worker's cases happen: a folder and a database at names that stay the same, put back before each case to what
 * the scenario begins with. That is prepared once (files, rows, commands that went before) and then copied.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseName } from "./cluster.mjs";
import { startRowhaul } from "./program.mjs";
import { readExport, readPostgres, readSqlite } from "./read.mjs";
import { writePostgres, writeSqlite } from "./write.mjs";

const oldFiles = {
  "config.json": '{\n  "client": "old",\n  "pool": 3\n}\n',
  ".env": "# settings\nDATABASE_URL=old # what was there\nOTHER=1\n",
};
const sourceDatabase = "source";

export class Place {
  #prepared = new Map();

  /** `port`: by which rowhaul reaches the server. */
  constructor({ folder, cluster, dist, port, name = "" }) {
    this.name = name;
    this.root = folder;
    this.folder = join(folder, "case");
    this.cluster = cluster;
    this.dist = dist;
    this.port = port;
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  }

  path(name) {
    return join(this.folder, name);
  }

  get env() {
    return {
      DATABASE_URL: this.cluster.url(databaseName, this.port),
      SOURCE_URL: this.cluster.url(sourceDatabase, this.port),
    };
  }

  /** The arguments of a scenario's command, or of another verb about the same run. */
  command(scenario, verb = scenario.verb) {
    const { source, target, mode, pipeline } = scenario;
    const yes = verb === "clean" ? ["--yes"] : [];
    if (pipeline) return [verb, "app.yaml", ...yes, "--json"];
    const from = { sqlite: "app.db", server: this.env.SOURCE_URL, export: "export" }[source];
    const to = { server: this.env.DATABASE_URL, file: "target.db", folder: "written" }[target];
    const only = target === "folder" && !scenario.search ? ["--tables", scenario.tables.join(",")] : [];
    const how = verb !== scenario.verb || mode === null ? [] : [target === "folder" ? "--overwrite" : `--${mode}`];
    return [verb, from, to, ...how, ...only, ...yes, "--json"];
  }

  start(scenario, { verb, more = [], ...options } = {}) {
    const args = [...this.command(scenario, verb), ...more];
    return startRowhaul(this.dist, args, { cwd: this.folder, env: this.env, ...options });
  }

  /** Puts folder and database to what the scenario begins with. `mount`: puts another file system at the folder. */
  async reset(scenario, { tablespace = null, mount = () => {} } = {}) {
    const prepared = await this.#prepare(scenario);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
    mount(this.folder);
    copyFolder(prepared.folder, this.folder);
    if (scenario.usesServer) await this.cluster.replaceDatabase(prepared.database, { tablespace });
    return prepared;
  }

  async #prepare(scenario) {
    const known = this.#prepared.get(scenario.name);
    if (known !== undefined) return known;
    const number = this.#prepared.size;
    const prepared = { folder: join(this.root, `prepared-${number}`), database: `prepared${this.name}_${number}` };
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
    if (number === 0 && this.name === "") await this.#makeSource(scenario);
    if (scenario.usesServer) await this.cluster.replaceDatabase("template0");
    await this.#fill(scenario);
    for (const verb of scenario.before) await this.#complete(scenario, verb);
    rmSync(prepared.folder, { recursive: true, force: true });
    mkdirSync(prepared.folder);
    copyFolder(this.folder, prepared.folder);
    if (scenario.usesServer) await this.cluster.replaceDatabase(databaseName, { name: prepared.database });
    this.#prepared.set(scenario.name, prepared);
    return prepared;
  }

  async #makeSource({ sourceRows }) {
    await this.cluster.replaceDatabase("template0", { name: sourceDatabase });
    await this.cluster.connected(sourceDatabase, (client) => writePostgres(client, sourceRows));
  }

  async #fill(scenario) {
    const { source, target, startRows, sourceRows, search } = scenario;
    if (source !== "server") writeSqlite(this.path("app.db"), sourceRows, { withFullText: search });
    if (source === "export") await this.#complete(null, null, ["export", "app.db", "export"]);
    if (startRows !== null) {
      if (target === "server") await this.cluster.connected(databaseName, (client) => writePostgres(client, startRows));
      else if (target === "file") writeSqlite(this.path("target.db"), startRows, { withFullText: false });
      else {
        writeSqlite(this.path("before.db"), startRows, { withFullText: false });
        await this.#complete(null, null, ["export", "before.db", "written"]);
      }
    }
    if (!scenario.pipeline) return;
    for (const [name, text] of Object.entries(oldFiles)) writeFileSync(this.path(name), text);
    writeFileSync(this.path("app.yaml"), pipelineFile(scenario));
  }

  async #complete(scenario, verb, args = null) {
    const running =
      args === null
        ? this.start(scenario, { verb })
        : startRowhaul(this.dist, args, { cwd: this.folder, env: this.env });
    const { exit, stdout, stderr } = await running.ended;
    if (exit !== 0)
      throw new Error(`the preparation failed (${running.shown.join(" ")}, ${exit}): ${stderr}\n${stdout}`);
  }

  /** What stands in the target now; throws what cannot be read. */
  async rows(scenario) {
    const { target, tables } = scenario;
    if (target === "server") return this.cluster.connected(databaseName, (client) => readPostgres(client, tables));
    if (target === "file") return readSqlite(this.path("target.db"), tables);
    return readExport(this.path("written"), tables);
  }

  async sourceRows({ source, tables }) {
    if (source === "server") return this.cluster.connected(sourceDatabase, (client) => readPostgres(client, tables));
    return source === "export" ? readExport(this.path("export"), tables) : readSqlite(this.path("app.db"), tables);
  }

  /** Of each settings file `old`, `new`, or what else it is. */
  settings(scenario) {
    const url = scenario.target === "file" ? null : this.env.DATABASE_URL;
    return Object.keys(oldFiles).map((name) => {
      const text = existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") : "";
      if (text === oldFiles[name]) return "old";
      const wanted = name === ".env" ? `DATABASE_URL=${url ?? ""}` : '"client": "new"';
      const whole = name === ".env" ? /^# settings\nDATABASE_URL=.*\nOTHER=1\n$/s : /^\{.*"pool": 3.*\}\s*$/s;
      return text.includes(wanted) && whole.test(text) ? "new" : `neither (${JSON.stringify(text.slice(0, 80))})`;
    });
  }

  /** The newest run's journal: the name of its last step; null when there is none. */
  lastJournalStep() {
    const journals = filesUnder(this.path(".rowhaul")).filter((path) => path.endsWith("journal.jsonl"));
    const newest = journals.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
    if (newest === undefined) return null;
    const lines = readFileSync(newest, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    try {
      return JSON.parse(lines.at(-1) ?? "{}").step ?? null;
    } catch {
      return "cut short";
    }
  }
}

/** With times to the nanosecond, by which rowhaul knows a file again. Node's own copy keeps milliseconds. */
function copyFolder(from, to) {
  execFileSync("cp", ["-a", `${from}/.`, to]);
}

export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** With a transform that leaves every value as it is, so that its phase is there to be hit. */
function pipelineFile({ source, target, mode, search }) {
  const existing = mode === null ? "" : `, existing: ${mode}`;
  const from = source === "sqlite" ? "kind: sqlite, path: app.db" : 'kind: postgres, url: "${SOURCE_URL}"';
  const to = target === "server" ? 'kind: postgres, url: "${DATABASE_URL}"' : "kind: sqlite, path: target.db";
  const url = target === "server" ? "${target.url}" : "${target.path}";
  return [
    "name: app",
    `source: { ${from} }`,
    `target: { ${to}${existing} }`,
    'tables: { "*": {}, authors: { transform: [{ trim: [name] }] } }',
    ...(search ? ["validate: { search: { sample: 3 } }"] : []),
    ...(mode === "skip"
      ? [
          "accept:",
          ...["authors", "books"].map((name) => `  - { code: SKIPPED_DIFFERS, table: ${name}, policy: skip }`),
        ]
      : []),
    "cutover:",
    "  - { file: config.json, set: { client: new } }",
    `  - { file: .env, set: { DATABASE_URL: "${url}" } }`,
    '  - { check: "sleep 0.1" }',
    "",
  ].join("\n");
}
