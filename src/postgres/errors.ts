/** Errors of PostgreSQL and the network as errors of rowhaul's. SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */

import { connectionTrouble } from "../core/connection-trouble.ts";
import type { ErrorCode } from "../core/messages/error-codes.ts";
import { type ErrorPlace, messageOf, RowhaulError } from "../core/messages/errors.ts";
import { quoteName } from "../core/quote.ts";

type ServerError = Error & {
  code?: string;
  detail?: string;
  table?: string;
  column?: string;
  constraint?: string;
  severity?: string;
};

/** `doing` completes "while …". A RowhaulError, or the reason of an abort, passes unchanged. */
export function targetError(thrown: unknown, doing: string, place: ErrorPlace = {}): unknown {
  if (thrown instanceof RowhaulError || (thrown as { name?: string } | null)?.name === "AbortError") return thrown;
  const error = thrown as ServerError;
  const code = codeOf(error);
  if (code === null) return thrown;
  const state = error.severity === undefined ? "" : ` (SQLSTATE ${error.code})`;
  const details = error.detail === undefined ? [] : [error.detail];
  return new RowhaulError(code, `While ${doing}: ${textOf(error)}${state}.`, {
    place,
    details,
    cause: thrown,
    ...(code === "TARGET_NO_DATABASE" ? createHint(error) : {}),
  });
}

/** For queries outside a transaction: converts their errors too. */
export async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw targetError(thrown, doing);
  }
}

/** The database's name stands in quotes, in whatever language the server says it. */
function createHint({ message }: ServerError): { readonly hint?: string } {
  const [, name] = /"(.+)"/.exec(message) ?? [];
  return name === undefined
    ? {}
    : { hint: `As an administrator, run: ${createDatabase(name)} Or name another database.` };
}

/** template0, for the encoding of another template may not be chosen. */
export function createDatabase(name: string): string {
  return `CREATE DATABASE ${quoteName(name)} TEMPLATE template0 ENCODING 'UTF8';`;
}

/** Whether it comes from PostgreSQL itself, not from the network or the client library. */
export function isServerError(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as ServerError).severity !== undefined;
}

/** A host with several addresses fails with an AggregateError that has no message of its own. */
function textOf(error: ServerError & { errors?: readonly unknown[] }): string {
  return error.message || (error.errors ?? []).map(messageOf).join("; ") || String(error.code);
}

function codeOf(error: ServerError): ErrorCode | null {
  const state = error.code ?? "";
  const message = error.message ?? "";
  const trouble = connectionTrouble(error);
  if (error.severity !== undefined) {
    if (state.startsWith("28")) return "TARGET_AUTH";
    if (state === "3D000") return "TARGET_NO_DATABASE";
    if (state === "42501") return "TARGET_PERMISSION";
    if (state === "53100" || state === "58030") return "TARGET_DISK_FULL";
    if (state === "55P03") return "LOCK_TIMEOUT";
    if (state.startsWith("23")) return "CONSTRAINT_VIOLATED";
    if (trouble === "lost") return "CONNECTION_LOST";
    // Data, syntax and limits: the same statement will fail again.
    if (state.startsWith("22") || state.startsWith("42") || state.startsWith("54") || state === "0A000")
      return "TARGET_REFUSED";
    return "LOAD_FAILED";
  }
  // The last: a socket in the file system that is not there.
  if (trouble === "unreachable" || state === "ENOENT") return "TARGET_UNREACHABLE";
  if (trouble === "lost") return "CONNECTION_LOST";
  if (
    /self-signed|certificate|does not support SSL|SSL|TLS/i.test(message) ||
    state.startsWith("ERR_TLS") ||
    state.startsWith("CERT_")
  )
    return "TARGET_TLS";
  if (/password must be a string|SASL/i.test(message)) return "TARGET_AUTH";
  return null;
}
