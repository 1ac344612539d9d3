/** Numbers in sentences: `1 row`, `50,312 rows`. */
export function amount(count: number | bigint, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${Number(count) === 1 ? "" : "s"}`;
}
