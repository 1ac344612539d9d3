/**
 * Windows-1252 → text (https://encoding.spec.whatwg.org/windows-1252.txt). By a table of its own: some
 * releases of Node decode this name as ISO 8859-1.
 */
export function decodeWindows1252(bytes: Buffer): string {
  return bytes.toString("latin1").replace(/[\u0080-\u009f]/g, (c) => upper[c.charCodeAt(0) - 0x80] ?? c);
}

/** 0x80 to 0x9F; the five codes without a character stay control characters. */
const upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
