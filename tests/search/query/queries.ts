/** Query strings for comparing parsers with FTS5: seeded, so that a failure can be met again. */

/** Columns of the table every such query is put to. */
export const columns = ["a", "b c", "D"] as const;

/** Most are refused; each kind of query that is not occurs hundreds of times in ten thousand. */
export function randomQueries(count: number, seed: number): string[] {
  const next = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const valid = (depth: number): string => {
    const inner = () => valid(depth - 1);
    switch (depth <= 0 ? 0 : next(9)) {
      case 1:
        return `${inner()} ${pick(["AND", "OR", "NOT"])} ${inner()}`;
      case 2:
        return `(${inner()})`;
      case 3:
        return `${pick(filters)}:(${inner()})`;
      case 4:
        return `${pick(filters)} : ${pick(words)}${pick(["", "*", " + x", " y"])}`;
      case 5:
        return `${inner()} ${pick(["AND", "OR", "NOT"])} (${inner()})`;
      case 6:
        return `${pick(["", "a:", "^", "NOT "])}NEAR(${pick(words)} ${pick(words)}*${pick(["", ",1", ", 0", ",x"])})`;
      case 7:
        return `${pick(words)} ${pick(["^", "", "D:", "-a:"])}${pick(words)} ${pick(words)}${pick(["*", "", "+y"])}`;
      default:
        return `${pick(["", "", "^"])}${pick(words)}${pick(["", "*", " y"])}`;
    }
  };
  const noise = () => Array.from({ length: 1 + next(12) }, () => pick(fragments)).join(pick(["", " ", ""]));
  return Array.from({ length: count }, (_, i) => {
    if (i % 3 === 0) return noise();
    const query = valid(4);
    if (i % 3 === 1) return query;
    const at = next(query.length + 1);
    return query.slice(0, at) + pick(fragments) + query.slice(at + next(3));
  });
}

/** At the edges of FTS5's two limits: its parser's stack and the height of its tree. */
export function deepQueries(): string[] {
  const around = (low: number, high: number, query: (depth: number) => string) =>
    Array.from({ length: high - low + 1 }, (_, i) => query(low + i));
  const cores = ["x", "x*", "a:x", "{a D}:x", "-{a D}:x", "-a:x", "^x", "x+y", "NEAR(x y)", "NEAR(x)", "NEAR(x y, 2)"];
  const more = [
    "x y",
    "x NOT y",
    "x y+z",
    "-a : NEAR(x y, 3)",
    "nosuch:x",
    "foo(x)",
    "(",
    '"',
    "x #",
    "x }",
    "NEAR(x }",
  ];
  return [
    ...[...cores, ...more].flatMap((core) => around(88, 99, (n) => `${"(".repeat(n)}${core}${")".repeat(n)}`)),
    ...around(28, 34, (n) => `${"a:(".repeat(n)}x y${")".repeat(n)}`),
    ...around(28, 34, (n) => `${"x OR (".repeat(n)}x y${")".repeat(n)}`),
    ...around(254, 258, (n) => `x${" NOT x".repeat(n)}`),
    ...around(254, 258, (n) => `x y${" NOT x".repeat(n)}`),
    ...around(254, 258, (n) => `"" y${" NOT x".repeat(n)}`),
    ...around(254, 258, (n) => `x AND y z${" NOT x".repeat(n)} OR y`),
    ...around(254, 258, (n) => `y NOT (x AND (y AND z))${" NOT x".repeat(n)} }`),
    "(".repeat(1000),
    `${"(".repeat(1000)}x${")".repeat(1000)}`,
  ];
}

/** A linear congruential generator. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = ["x", "y", "z", "w", '"x y"', '"y z"', '""', '"x""y"', "é", "NEAR", '"AND"', "x_1"];
const filters = ["a", "A", '"B c"', "{a D}", "-a", "-{a D}", "{a a}", '-{"b c"}', "nosuch", "rowid", "- { D }"];
const fragments = [
  ...["x", "y", "a", "D", "AND", "OR", "NOT", "NEAR", "NEAR(", "and", '"', '""', '"b c"', "(", ")", "{", "}", ":", ","],
  ...[
    "+",
    "*",
    "-",
    "^",
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "'",
    ".",
    ";",
    "5",
    "é",
    "日本",
    "\u{1f600}",
    "\u001a",
    "\u007f",
  ],
  ...["#", "_", "\\", "\u0001", "a:", "-a:", "{a", "D}:", "x y", "x+y", "\u00a0"],
];
