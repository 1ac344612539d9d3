/** The examples of docs/library.md: what each runs, and what it says that it prints. */
import { readFileSync } from "node:fs";

const page = readFileSync(new URL("../../docs/library.md", import.meta.url), "utf8");

export type Example = {
  /** Of the section it stands in. */
  readonly heading: string;
  readonly code: string;
  /** Comments behind `console.log`, or on lines of their own below it. */
  readonly prints: readonly string[];
};

export const examples: readonly Example[] = page.split(/^#+ (?=.*$)/m).flatMap((section) => {
  const heading = section.split("\n")[0] ?? "";
  return [...section.matchAll(/^```(?:ts|js)\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => ({
    heading,
    code,
    prints: printed(code.split("\n")),
  }));
});

/** The pipeline file that the page shows. */
export const pipeline: string = /^```yaml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";

/** The first column of the page's tables, by the column's heading. */
export function firstColumn(heading: string): string[] {
  const table = page.split("\n\n").find((block) => block.startsWith(`| ${heading} |`)) ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1] ?? "");
}

function printed(lines: readonly string[]): string[] {
  return lines.flatMap((line, i) => {
    const below = /^\s*\/\/ (.*)$/.exec(line)?.[1];
    if (below !== undefined) return /console\.log|^\s*\/\//.test(lines[i - 1] ?? "") ? [below] : [];
    const behind = /console\.log\(.*\/\/ (.*)$/.exec(line)?.[1];
    return behind === undefined ? [] : [behind];
  });
}
