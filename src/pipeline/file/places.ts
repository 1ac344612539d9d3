/** Sources and targets as they are named on the command line: a file, a folder or a URL. */
import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { schemeOf } from "../../core/messages/url-scheme.ts";
import type { Existing, JsonSettings } from "../../core/settings.ts";
import { refuseUnencoded } from "../../postgres/url-text.ts";
import { pathAt } from "./path-at.ts";
import { schemaAt } from "./schema-at.ts";

/** As a pipeline file would say it, with absolute paths; what is left out has the file's defaults. */
export type NamedSource =
  | { readonly kind: "sqlite" | "export"; readonly path: string }
  | { readonly kind: "json"; readonly path: string; readonly missing?: JsonSettings["missing"] }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };
export type NamedTarget = { readonly existing?: Existing } & (
  | { readonly kind: "postgres"; readonly url: string; readonly schema?: string }
  | { readonly kind: "embedded"; readonly schema?: string }
  | { readonly kind: "sqlite"; readonly path: string }
);

/** Further settings of a source. */
export type SourceOptions = {
  /** Of a PostgreSQL source. */
  readonly schema?: string;
  /** Where neither that nor the URL names one; default: public. */
  readonly usualSchema?: string;
  /** Of a JSON file. */
  readonly missing?: JsonSettings["missing"];
};

export function sourceAt(place: string, { schema, usualSchema, missing }: SourceOptions = {}): NamedSource {
  const found = sourceFrom(place, schema, usualSchema ?? "public");
  if (missing === undefined) return found;
  if (found.kind === "json") return { ...found, missing };
  throw new RowhaulError("USAGE", "--missing says what becomes of a JSON file's fields, and the source is none.", {
    hint: "Leave it out.",
  });
}

function sourceFrom(place: string, schema: string | undefined, otherwise: string): NamedSource {
  if (isUrl(place))
    return { kind: "postgres", url: place, schema: schemaAt(place, schema, "the command says") ?? otherwise };
  if (place === "embedded")
    throw new RowhaulError("USAGE", "The embedded PostgreSQL is a target; to read from it, it must be running.", {
      hint: "Give the URL that `rowhaul up .` prints.",
    });
  const path = pathAt(place);
  if (isFolder(path) || basename(path) === "manifest.json")
    return { kind: "export", path: isFolder(path) ? path : resolve(path, "..") };
  if (isJson(path)) return { kind: "json", path };
  return { kind: "sqlite", path };
}

export type TargetOptions = {
  readonly schema?: string;
  readonly existing?: Existing;
};

/** Null when it is no place rowhaul can write to. */
export function targetAt(place: string, { schema, existing }: TargetOptions = {}): NamedTarget | null {
  const how = existing === undefined ? {} : { existing };
  const named = schema === undefined ? {} : { schema };
  if (place === "embedded") return { kind: "embedded", ...named, ...how };
  if (isUrl(place)) {
    const found = schemaAt(place, schema, "the command says");
    return { kind: "postgres", url: place, ...(found === undefined ? {} : { schema: found }), ...how };
  }
  return isDatabaseFile(place) ? { kind: "sqlite", path: pathAt(place), ...how } : null;
}

/** For names and messages: never a password. */
export function shownPlace(place: string): string {
  if (!isUrl(place)) return place;
  try {
    refuseUnencoded(place);
    const url = new URL(place);
    for (const secret of ["password", "sslpassword"]) url.searchParams.delete(secret);
    // What else it says, above all the schema, belongs to the place.
    const parameters = url.searchParams.size === 0 ? "" : `?${url.searchParams}`;
    return `${url.protocol}//${url.username === "" ? "" : `${url.username}@`}${url.host}${url.pathname}${parameters}`;
  } catch {
    return "the server";
  }
}

/** By its name. */
export function isJson(place: string): boolean {
  return /\.(json|ndjson|jsonl)(\.gz)?$/i.test(place);
}

export function isUrl(place: string): boolean {
  return schemeOf(place) !== null;
}

/** An ending that says so, or a file that is there: a mistyped word must not become a database of that name. */
function isDatabaseFile(place: string): boolean {
  return /\.(db|db3|sqlite|sqlite3)$/i.test(place) || existsSync(join(resolve(place)));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
