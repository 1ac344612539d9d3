/** Numbers as people read them. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 row`, `2,000 rows`; `many` where an s does not do. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
