/** Fills `${target.url}`, `${target.host}` … of a cutover value. Unknown names are reported by the caller, who gets null. */
export function fillTarget(text: string, values: Readonly<Record<string, string>>): string | null {
  let unknown = false;
  const filled = text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) unknown = true;
    return value ?? whole;
  });
  return unknown ? null : filled;
}
