/** Names of an export's files: a table's name where every file system takes it. */

/** One name a table, none of them twice, not even where case does not count. */
export function fileNames(tables: readonly string[], gzip: boolean): string[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    const stem = safeStem(table);
    for (let n = 1; ; n++) {
      const name = n === 1 ? stem : `${stem}-${n}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return `${name}.ndjson${gzip ? ".gz" : ""}`;
    }
  });
}

function safeStem(table: string): string {
  const safe = table
    .replace(/[^A-Za-z0-9._-]/g, "_")
    .replace(/^[^A-Za-z0-9_]/, "_")
    .slice(0, longest);
  // Windows keeps these for devices, whatever follows the first point.
  return safe === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `_${safe}` : safe;
}

const longest = 120;
