/** Under which name the server's answer about a value is kept: its storage class, and the value as it is stored. */
import type { Cell } from "../core/values/wire.ts";
import { floatText } from "./numbers.ts";

export function answerKey({ storage, bytes }: Cell): string {
  switch (storage) {
    case "real":
      // However many digits it was read with.
      return `r${floatText(Number(bytes.toString("latin1")))}`;
    case "blob":
      return `b${bytes.toString("hex")}`;
    default:
      return `${storage.slice(0, 1)}${bytes.toString("utf8")}`;
  }
}
