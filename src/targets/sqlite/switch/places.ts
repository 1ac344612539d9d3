/** Files beside the target, on the same file system, so that a rename is all the switch needs. */

/** Where a run builds its file. */
export function stagingFile(path: string, run: string): string {
  return `${path}.rowhaul-${run}`;
}

/** The file that stood at the path before the run switched. */
export function keptFile(path: string, run: string): string {
  return `${path}.before-${run}`;
}

/** Runs, lease, ledger and quarantine: they must outlive the file that is being built. */
export function stateFile(path: string): string {
  return `${path}.rowhaul`;
}
