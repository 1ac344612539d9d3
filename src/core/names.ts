/** Names of a source are matched without regard to ASCII case, and to ASCII case only, as SQLite does: É and é are two names. */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
