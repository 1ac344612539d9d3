/** Stops the server of a directory and removes all that belongs to it, and nothing else. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { layoutOf, unfinished } from "../data/layout.ts";
import { realPath } from "../data/places.ts";
import { stopEmbedded } from "./stop.ts";

/** Whether there was anything. The directory itself goes when nothing of anybody else is in it. */
export async function removeEmbedded(directory: string): Promise<boolean> {
  const path = realPath(resolve(directory));
  if (!existsSync(path)) return false;
  await stopEmbedded(path);
  return removeFiles(path);
}

export function removeFiles(directory: string): boolean {
  const { data, state, log, lock, owner } = layoutOf(directory);
  const own = [data, state, log, lock, owner].map((file) => basename(file));
  const entries = readdirSync(directory).filter(
    (name) => own.includes(name) || Object.values(unfinished).some((beginning) => name.startsWith(beginning)),
  );
  for (const name of entries) rmSync(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
  if (readdirSync(directory).length === 0) rmdirSync(directory);
  return entries.length > 0;
}
