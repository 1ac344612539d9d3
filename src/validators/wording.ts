/** Numbers in sentences: `1 row`, `50,312 rows`. */
export function amount(count: number | bigint, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${Number(count) === 1 ? noun : plural}`;
}
