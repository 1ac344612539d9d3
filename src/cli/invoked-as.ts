/** How rowhaul was called, so that the commands it suggests can be pasted as they are. */
import { basename, relative } from "node:path";

export function invokedAs(script: string | undefined = process.argv[1], folder: string = process.cwd()): string {
  if (script === undefined || basename(script) === "rowhaul") return "rowhaul";
  const path = relative(folder, script);
  return `node ${/\s/.test(path) ? JSON.stringify(path) : path}`;
}

/** Commands in a text (`rowhaul report …`) as the user has to type them. */
export function asTyped(text: string, name: string = invokedAs()): string {
  return name === "rowhaul" ? text : text.replace(/(`|^\s*|\()rowhaul (?=[a-z])/gm, `$1${name} `);
}
