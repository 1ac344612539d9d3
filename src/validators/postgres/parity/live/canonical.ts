/** Canonical texts that both sides of a live column write: see live-target.ts for the target's SQL. */
import { hash } from "node:crypto";
import { longCell } from "../values/canonical-limits.ts";

export function canonicalText(text: string): string {
  const length = Buffer.byteLength(text);
  return length <= longCell ? `t${length}:${text}` : `T${length}:${hashText(text)}`;
}

export function hashText(content: string | Buffer): string {
  return hash("sha256", content);
}
