/** What of a word on the command line a message may repeat: an address in it could hold a password. */
export function mayHoldPassword(text: string): boolean {
  return /:\/\/|^(jdbc|postgres(ql)?):|:[^\s/\\]*.*@|\b(pass|password|pwd|passwd)\s*=/i.test(text);
}

/** In quotes, or without what could be a password. */
export function shownArgument(text: string): string {
  return mayHoldPassword(text) ? "(an address, not repeated here: it could hold a password)" : `"${text}"`;
}
