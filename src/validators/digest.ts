/** Digests of canonical texts, the same on both sides. SHA-256, because FIPS servers refuse MD5. */
import { hash } from "node:crypto";

export type Canonical = Buffer | string;

export function digestOf(text: Canonical): Buffer {
  return hash("sha256", text, "buffer");
}

export function digestHex(text: Canonical): string {
  return hash("sha256", text);
}

/** SQL of PostgreSQL: a text's digest as bytea. */
export function targetDigest(text: string): string {
  return `sha256(convert_to(${text},'UTF8'))`;
}
