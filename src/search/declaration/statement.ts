/**
 * The module and the arguments of a CREATE VIRTUAL TABLE statement. SQLite hands a
 * module its arguments as text, cut at the commas outside parentheses and quotes.
 */

export type VirtualTableStatement = { readonly module: string; readonly arguments: readonly string[] };

export function readStatement(sql: string): VirtualTableStatement | null {
  const tokens = tokensOf(sql);
  const using = tokens.findIndex(({ text }, i) => i > 3 && text.toUpperCase() === "USING");
  const [create, virtual] = tokens;
  const module = tokens[using + 1];
  if (create?.text.toUpperCase() !== "CREATE" || virtual?.text.toUpperCase() !== "VIRTUAL") return null;
  if (using < 0 || module === undefined) return null;
  return { module: unquote(module.text), arguments: argumentsOf(sql, tokens.slice(using + 2)) };
}

type Token = { readonly text: string; readonly from: number; readonly to: number };

/** Comments and white space are kept inside an argument, but not at its ends; empty arguments do not count. */
function argumentsOf(sql: string, tokens: readonly Token[]): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = -1;
  let to = -1;
  const end = (): void => {
    if (from >= 0) found.push(sql.slice(from, to));
    from = -1;
  };
  for (const token of tokens) {
    if (token.text === ")" && --depth === 0) break;
    if (token.text === "(" && ++depth === 1) continue;
    if (token.text === "," && depth === 1) end();
    else {
      if (from < 0) from = token.from;
      to = token.to;
    }
  }
  end();
  return found;
}

/** Blanks and comments, then a quoted name or text, a word, or one character of anything else. */
const pattern =
  /(?:[ \t\n\f\r]|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$))*('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$\u0080-\uffff]+|[\s\S])/y;

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(sql); found !== null; found = pattern.exec(sql)) {
    const text = found[1] ?? "";
    if (!/^[ \t\n\f\r]$/.test(text))
      tokens.push({ text, from: pattern.lastIndex - text.length, to: pattern.lastIndex });
  }
  return tokens;
}

function unquote(name: string): string {
  const quote = name[0] ?? "";
  if (quote === "[") return name.slice(1, -1);
  return /["'`]/.test(quote) ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
