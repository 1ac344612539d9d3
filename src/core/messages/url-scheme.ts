/** URLs of stores that are not PostgreSQL servers: what they are, and how what lies there can be moved all the same. */

/** In small letters, without the colon; null when the text is no URL. A single slash is a PostgreSQL URL mistyped, and no file. */
export function schemeOf(text: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1] ?? /^(postgres|postgresql|jdbc):/i.exec(text)?.[1];
  return scheme?.toLowerCase() ?? null;
}

export const urlExample = "postgres://user:password@host:5432/database";

/** Never repeats what follows the scheme: it may hold a password. */
export function whyNotPostgres(scheme: string): { readonly message: string; readonly hint: string } {
  const begins = `The URL begins with ${scheme}:`;
  if (/^(sqlite3?|file)$/.test(scheme))
    return {
      message: `${begins} which rowhaul does not take; a file is given by its path.`,
      hint: "Give the path alone, such as app.db or /srv/app.db.",
    };
  if (scheme === "jdbc" || /^postgres(ql)?\+/.test(scheme))
    return {
      message: `${begins} which names a driver besides the server.`,
      hint: `Write it as ${urlExample}.`,
    };
  if (/^(mysql|mariadb|mssql|sqlserver)(\+.*)?$/.test(scheme))
    return {
      message: `${begins} rowhaul ${reads}, and no ${/^m(y|a)/.test(scheme) ? "MySQL" : "SQL Server"}.`,
      hint: "pgloader moves such a server to PostgreSQL; tables written as NDJSON or as a SQLite file can be moved by rowhaul.",
    };
  if (/^mongodb(\+.*)?$/.test(scheme))
    return {
      message: `${begins} rowhaul ${reads}, and no MongoDB.`,
      hint: "Write each collection to a file by `mongoexport --collection=… --out=….ndjson`, and give that file.",
    };
  if (/^(https?|s3|gs|ftps?|sftp)$/.test(scheme))
    return {
      message: `${begins} rowhaul reads no files over a network.`,
      hint: "Download the file, and give its path.",
    };
  return { message: `${begins} rowhaul ${reads}.`, hint: `A server's URL looks like ${urlExample}.` };
}

const reads = "moves SQLite files, JSON files, its own exports and PostgreSQL (postgres://…)";
