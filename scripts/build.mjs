/**
 * Builds dist from src, unless it is up to date: `node scripts/build.mjs [--force] [--no-check]`.
 * Built in a temporary folder and then put in place file by file, so that a
 * program running from dist never finds it half there. `--no-check` makes the
 * JavaScript only and does not look at types, which `npm run types` does.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCli } from "./bundle-cli.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = join(root, "src");
const dist = join(root, "dist");
const stampFile = join(dist, ".build.json");
const lock = join(dist, ".building");
const force = process.argv.includes("--force");
const check = !process.argv.includes("--no-check");

if (force || !isCurrent()) await build();

async function build() {
  mkdirSync(dist, { recursive: true });
  await acquireLock();
  const draft = mkdtempSync(join(tmpdir(), "rowhaul-build-"));
  try {
    // another process may have built it meanwhile
    if (!force && isCurrent()) return;
    const stamp = fingerprint();
    if (!compile(draft)) {
      process.exitCode = 1;
      return;
    }
    copyAssets(draft);
    await bundleCli(draft);
    putInPlace(draft);
    writeFileSync(stampFile, `${JSON.stringify({ stamp, checked: check })}\n`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
}

function isCurrent() {
  try {
    const built = JSON.parse(readFileSync(stampFile, "utf8"));
    return built.stamp === fingerprint() && (built.checked || !check);
  } catch {
    return false;
  }
}

/** Names, sizes and times of everything that decides the result; a deleted file counts too. */
function fingerprint() {
  const hash = createHash("sha256");
  const settings = [
    "tsconfig.json",
    "package.json",
    "scripts/build.mjs",
    "scripts/bundle-cli.mjs",
    "scripts/tsconfig.build.json",
  ];
  for (const file of [...filesBelow(src), ...settings.map((name) => join(root, name))]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function compile(draft) {
  const args = [findCompiler(), "-p", join(root, "scripts/tsconfig.build.json"), "--outDir", draft];
  const { status } = spawnSync(process.execPath, check ? args : [...args, "--noCheck", "--declaration", "false"], {
    stdio: "inherit",
  });
  return status === 0;
}

function findCompiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  } catch {
    throw new Error("TypeScript is not installed; run `npm ci` without --omit=dev.");
  }
}

function copyAssets(draft) {
  for (const file of filesBelow(src)) {
    if (file.endsWith(".ts")) continue;
    const target = join(draft, relative(src, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

function putInPlace(draft) {
  const wanted = filesBelow(draft).map((file) => relative(draft, file));
  for (const file of wanted) {
    const target = join(dist, file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(draft, file), `${target}.new`);
    renameSync(`${target}.new`, target);
  }
  const own = [...wanted.map((file) => join(dist, file)), stampFile, lock];
  for (const file of filesBelow(dist)) if (!own.includes(file)) rmSync(file);
  removeEmptyFolders(dist);
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (folder !== dist && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** A file with the builder's pid; that of a builder that was killed is taken over. */
async function acquireLock() {
  for (const deadline = Date.now() + 120_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned()) rmSync(lock, { force: true });
    else if (Date.now() > deadline) throw new Error(`Another build holds ${lock}.`);
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(lock, "utf8") || process.pid), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}
