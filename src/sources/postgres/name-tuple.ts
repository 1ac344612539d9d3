import { quoteName } from "../../core/quote.ts";

/** `("a", "b")`; without brackets a plain list. */
export function nameTuple(names: readonly string[], brackets = true): string {
  const list = names.map(quoteName).join(", ");
  return brackets ? `(${list})` : list;
}
