/** Names in lines that people paste into a pipeline file. */
import type { HazardCode } from "../plan/hazards.ts";

export function yamlText(text: string): string {
  const plain = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(null|true|false)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** Entries of `accept` under their heading; nothing where there are none. */
export function acceptLines(
  code: HazardCode,
  place: "column" | "table" | "object",
  policy: string,
  names: readonly string[],
): string[] {
  const lines = [...new Set(names)].map(
    (name) => `  - { code: ${code}, ${place}: ${yamlText(name)}, policy: ${policy} }`,
  );
  return lines.length === 0 ? [] : ["accept:", ...lines];
}
