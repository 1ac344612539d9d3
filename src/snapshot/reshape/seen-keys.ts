/** Keys that came before, on disk. A row that fails takes its keys back, or a later row with the same key would be lost with it. */
import { hash } from "node:crypto";
import type { Sqlite } from "../../sqlite/open.ts";

export type SeenKeys = {
  firstSeen(): (key: Uint8Array) => boolean;
  keep(): void;
  discard(): void;
};

/** Longer keys stand by their digest. */
const longKey = 64;

export function seenKeys(scratch: Sqlite): SeenKeys {
  let sets = 0;
  let undo: (() => void)[] = [];
  return {
    firstSeen() {
      sets += 1;
      const name = `seen_${sets}`;
      scratch.exec(`CREATE TABLE ${name} (k BLOB PRIMARY KEY) WITHOUT ROWID`);
      const add = scratch.prepare(`INSERT OR IGNORE INTO ${name} VALUES (?)`);
      const remove = scratch.prepare(`DELETE FROM ${name} WHERE k = ?`);
      return (key) => {
        const short = shortKey(key);
        if (add.run(short).changes === 0) return false;
        undo.push(() => remove.run(short));
        return true;
      };
    },
    keep() {
      if (undo.length > 0) undo = [];
    },
    discard() {
      for (const one of undo) one();
      undo = [];
    },
  };
}

/** A digest has a byte before it, so that no short key is taken for one. */
function shortKey(key: Uint8Array): Buffer {
  if (key.length <= longKey) return Buffer.concat([short, key]);
  return Buffer.concat([long, hash("sha256", key, "buffer")]);
}

const short = Buffer.from([0]);
const long = Buffer.from([1]);
