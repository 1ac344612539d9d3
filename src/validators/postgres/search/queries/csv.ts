/** Records of a CSV file (RFC 4180): fields in quotes may hold commas, line breaks and doubled quotes. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let record: string[] = [];
  let field = "";
  let state: "field" | "quoted" | "after quote" = "field";
  let first = true;
  let skipBreak = false;
  for await (const chunk of chunks) {
    for (const character of first && chunk.startsWith("\ufeff") ? chunk.slice(1) : chunk) {
      if (state === "quoted") {
        if (character === '"') state = "after quote";
        else field += character;
        continue;
      }
      if (state === "after quote" && character === '"') {
        field += character;
        state = "quoted";
        continue;
      }
      const lineEnd = character === "\n" || character === "\r";
      if (skipBreak && character === "\n") {
        skipBreak = false;
        continue;
      }
      skipBreak = character === "\r";
      if (character === '"' && field === "" && state === "field") state = "quoted";
      else if (character === "," || lineEnd) {
        record.push(field);
        field = "";
        state = "field";
        if (!lineEnd) continue;
        yield record;
        record = [];
      } else field += character;
    }
    first = false;
  }
  if (field !== "" || record.length > 0) yield [...record, field];
}
