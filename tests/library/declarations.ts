/**
 * Reads the declarations that the compiler wrote into dist: which types a file declares, and which others each of them
 * names. The compiler's own layout is relied on: one statement begins at the start of a line.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A declaration, wherever it is exported again. */
export type Declared = { readonly file: string; readonly name: string };

type File = {
  /** Text of each declaration, without comments. */
  readonly declared: ReadonlyMap<string, string>;
  /** What a name stands for that the file imports, or exports from elsewhere. */
  readonly imported: ReadonlyMap<string, Declared>;
  readonly exported: ReadonlyMap<string, Declared>;
};

/** What a file exports, by the name it has there. `file`: absolute path of a `.d.ts`. */
export function exportsOf(file: string): ReadonlyMap<string, Declared> {
  return new Map([...read(file).exported].map(([name, one]) => [name, origin(one)]));
}

/** Every declaration of the package's that the text of these names, and what those name in turn. */
export function reachable(from: Iterable<Declared>): Declared[] {
  const found = new Map<string, Declared>();
  const queue = [...from].map(origin);
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const key = `${one.file} ${one.name}`;
    if (found.has(key)) continue;
    found.set(key, one);
    const { declared, imported } = read(one.file);
    for (const word of wordsOf(declared.get(one.name) ?? "")) {
      const other = imported.get(word) ?? (declared.has(word) ? { file: one.file, name: word } : undefined);
      if (other !== undefined) queue.push(origin(other));
    }
  }
  return [...found.values()];
}

/** A type, not a constant: whether its name can be wanted in an annotation. */
export function isType({ file, name }: Declared): boolean {
  return /^export (type|interface|declare class) |^(type|interface) /.test(read(file).declared.get(name) ?? "");
}

/** Where it is declared, through files that only pass it on. */
function origin({ file, name }: Declared): Declared {
  const { declared, exported, imported } = read(file);
  const other = declared.has(name) ? undefined : (exported.get(name) ?? imported.get(name));
  return other === undefined ? { file, name } : origin(other);
}

/** Names of types: not those of properties, parameters or what stands in quotes, nor of a constant behind `typeof`. */
function wordsOf(text: string): string[] {
  const bare = text
    .replace(/"(\\.|[^"\\])*"/g, '""')
    .replace(/\btypeof \w+/g, "typeof")
    .replace(/\b\w+\??:/g, "");
  return bare.match(/\b[A-Za-z_]\w*\b/g) ?? [];
}

const files = new Map<string, File>();

function read(path: string): File {
  const known = files.get(path);
  if (known !== undefined) return known;
  const declared = new Map<string, string>();
  const imported = new Map<string, Declared>();
  const exported = new Map<string, Declared>();
  files.set(path, { declared, imported, exported });
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  for (const statement of text.split(/\n(?=(?:export|import|declare|type|interface|const|function)\b)/)) {
    const from = /\bfrom "(\.[^"]+)";/.exec(statement)?.[1];
    const file = from === undefined ? null : join(dirname(path), from.replace(/\.(ts|js)$/, ".d.ts"));
    if (/^(import|export)\b[^;]*\bfrom "/.test(statement.trim())) {
      if (file === null) continue;
      if (/^export (type )?\* from/.test(statement.trim()))
        for (const [name, one] of read(file).exported) exported.set(name, one);
      const list = /\{([^}]*)\}/.exec(statement)?.[1] ?? "";
      for (const part of list.split(",")) {
        const [name = "", as = name] = part
          .trim()
          .replace(/^type /, "")
          .split(" as ");
        if (name !== "") (/^\s*import/.test(statement) ? imported : exported).set(as, { file, name });
      }
      continue;
    }
    const pattern = /^(export )?(?:declare )?(?:type|interface|class|function|const|abstract class) (\w+)/;
    const [, isExported, name] = pattern.exec(statement.trim()) ?? [];
    if (name === undefined) continue;
    declared.set(name, statement.trim());
    if (isExported !== undefined) exported.set(name, { file: path, name });
  }
  return { declared, imported, exported };
}
