import { createHmac } from "node:crypto";
import { z } from "zod";
import { changeCells, columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames } from "../values/column-names.ts";
import { secretOf } from "../values/secret.ts";
import { textOf } from "../values/text.ts";

export const hash = defineTransform({
  name: "hash",
  summary:
    "Puts HMAC-SHA-256 in lower-case hex in place of values: of a text's UTF-8, a number's digits (1.0 for a REAL), a BLOB's bytes. NULL stays NULL.",
  example: "hash: { columns: [ssn], keyFrom: HASH_KEY }",
  options: z.strictObject({
    columns: columnNames,
    keyFrom: z.string().min(1).describe("environment variable with the key"),
  }),
  undo: "cannot be undone: that is its purpose",
  parity: "the hashes, computed again",
  compile({ columns, keyFrom }, shape, context) {
    const key = secretOf(keyFrom, context);
    return changeCells(
      shape,
      columnsAt(shape, columns, context),
      () => ({ declaredType: "TEXT" }),
      (value, name) => {
        if (value === null) return null;
        const content = value instanceof Uint8Array ? value : (textOf(value, name) ?? "");
        return createHmac("sha256", key).update(content).digest("hex");
      },
    );
  },
});
