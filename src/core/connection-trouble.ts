/** By what PostgreSQL, the network and the driver say: that a connection is gone, or never came about. One list for all who must tell. */

type Said = { readonly code?: unknown; readonly severity?: unknown; readonly message?: unknown };

/** `lost`: it was there; `unreachable`: the server was not found or did not answer. Null for anything else. */
export function connectionTrouble(thrown: unknown): "lost" | "unreachable" | null {
  const { code, severity, message } = (thrown ?? {}) as Said;
  const state = String(code ?? "");
  // Only errors of the server's own have a severity; what their texts say is in its language.
  if (severity !== undefined) return /^(08|57P|25P03$|53300$)/.test(state) ? "lost" : null;
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(state)) return "unreachable";
  const text = String(message ?? "");
  // At the break itself, and of each query after it.
  if (
    /^(ECONNRESET|ECONNABORTED|EPIPE)$/.test(state) ||
    /Connection terminated|Connection ended|not queryable/i.test(text)
  )
    return "lost";
  return /timeout expired|timeout exceeded/i.test(text) ? "unreachable" : null;
}
