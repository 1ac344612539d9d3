/** Names of a source are matched without regard to ASCII case, and to ASCII case only, as SQLite does: É and é are two names. */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** As many whole characters as fit into so many bytes of UTF-8. */
export function cutToBytes(name: string, bytes: number): string {
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}
